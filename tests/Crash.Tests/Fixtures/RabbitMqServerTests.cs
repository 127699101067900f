using System.Net;
using System.Net.Sockets;
using PortalServices.Testing.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace PortalServices.Crash.Tests.Fixtures;

/// <summary>
/// Tests stand on these: a kill is a kill, what was confirmed is found again, a virtual host is a test's own, nothing
/// stays behind.
/// </summary>
public sealed class RabbitMqServerTests
{
    private const string Queue = "kept";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_confirmed_message_survives_a_kill_and_nothing_stays_behind_at_the_end()
    {
        var server = await RabbitMqServer.StartAsync();
        var host = await server.Broker.NewVirtualHostAsync();
        await using (var connection = await ConnectAsync(host))
        {
            await PublishAsync(connection, "confirmed"u8.ToArray());
        }

        await server.KillAsync();
        await Assert.ThrowsAsync<SocketException>(() => KnockAsync(server));
        await server.StartAgainAsync();

        await using (var after = await ConnectAsync(host))
        {
            await using var channel = await after.CreateChannelAsync(cancellationToken: Cancel);
            var message = await channel.BasicGetAsync(Queue, autoAck: true, Cancel);
            Assert.Equal("confirmed"u8.ToArray(), message?.Body.ToArray());
        }

        await LeavesNothingBehindAsync(server);
    }

    [Fact]
    public async Task Two_virtual_hosts_are_separate()
    {
        var broker = await RabbitMqBroker.SharedAsync();
        var hosts = await Task.WhenAll(broker.NewVirtualHostAsync(), broker.NewVirtualHostAsync());
        await using var one = await ConnectAsync(hosts[0]);
        await PublishAsync(one, "own"u8.ToArray());
        await using var other = await ConnectAsync(hosts[1]);
        await using var channel = await other.CreateChannelAsync(cancellationToken: Cancel);
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() =>
            channel.QueueDeclarePassiveAsync(Queue, Cancel)
        );
        Assert.Equal((ushort?)Constants.NotFound, refused.ShutdownReason?.ReplyCode);
    }

    private static async Task LeavesNothingBehindAsync(RabbitMqServer server)
    {
        // The broker names its folder, the name server only its port.
        var (broker, helpers, folder, nameServer) = (
            server.Id,
            ProcessTree.Below(server.Id),
            server.Directory,
            server.NameServerId
        );
        Assert.Equal([broker], ProcessTree.Naming(folder));
        Assert.NotEmpty(helpers);
        Assert.True(ProcessTree.Runs(nameServer));

        await server.DisposeAsync();

        Assert.DoesNotContain(helpers.Append(broker).Append(nameServer), ProcessTree.Runs);
        Assert.Empty(ProcessTree.Naming(folder));
        Assert.False(Directory.Exists(folder));
    }

    private static Task<IConnection> ConnectAsync(Uri host) =>
        new ConnectionFactory { Uri = host, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Cancel);

    private static async Task PublishAsync(IConnection connection, byte[] body)
    {
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            Cancel
        );
        await channel.QueueDeclareAsync(
            Queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            cancellationToken: Cancel
        );
        await channel.BasicPublishAsync(
            "",
            Queue,
            mandatory: true,
            new BasicProperties { Persistent = true },
            body,
            Cancel
        );
    }

    private static async Task KnockAsync(RabbitMqServer server)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(server.Broker.Address), Cancel);
    }
}
