using RabbitMQ.Client;

namespace PortalServices.Messaging.Broker;

/// <summary>
/// Keeps a connection to the broker by which it is known whether events can be handed over. A broker with too little
/// memory or disk says so only to connections that publish (https://www.rabbitmq.com/docs/connection-blocked): this one
/// publishes a message that no queue takes.
/// </summary>
internal sealed class BrokerWatch(ConnectionFactory factory, BrokerLogin login, BrokerState state)
    : IPeriodicWork,
        IAsyncDisposable
{
    private const string Nowhere = "portal.watch";
    private const int AccessRefused = 403;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5),
        Timeout = TimeSpan.FromSeconds(3);

    private IConnection? _connection;
    private IChannel? _channel;
    private string? _block;

    public string Name => "watching the broker";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        // Who may not publish to nowhere has the connection alone, which tells of the login.
        if (_connection is { IsOpen: true } && _channel is { IsOpen: false, CloseReason.ReplyCode: AccessRefused })
        {
            return Every;
        }
        if (_channel is not { IsOpen: true } && !await TryConnectAsync(stopping))
        {
            return Every;
        }
        if (Volatile.Read(ref _block) is { } block)
        {
            state.Blocks(block);
            return Every;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(Timeout);
        await _channel!.BasicPublishAsync("", Nowhere, mandatory: false, ReadOnlyMemory<byte>.Empty, timeout.Token);
        return Every;
    }

    public Task EndAsync() => CloseAsync();

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<bool> TryConnectAsync(CancellationToken stopping)
    {
        await CloseAsync();
        if (await login.TryOpenAsync(factory, "watch", stopping) is not var (connection, channel))
        {
            return false;
        }
        (_connection, _channel) = (connection, channel);
        connection.ConnectionBlockedAsync += (_, blocked) =>
            BlocksAsync($"The broker takes no events ({blocked.Reason})");
        connection.ConnectionUnblockedAsync += (_, _) => BlocksAsync(null);
        return true;
    }

    private Task BlocksAsync(string? why)
    {
        Volatile.Write(ref _block, why);
        state.Blocks(why);
        return Task.CompletedTask;
    }

    private async Task CloseAsync()
    {
        var connection = _connection;
        (_connection, _channel) = (null, null);
        await BlocksAsync(null);
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }
}
