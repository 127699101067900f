using System.Net.Sockets;
using System.Text.Json;
using PortalServices.Standalone.Store;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// <c>--backup DIR [--backup-secrets DIR]</c>: a backup of the data folder. By the process that runs on it, which goes
/// on meanwhile; where none does, by this one.
/// </summary>
internal sealed class BackupCommand(IServiceProvider services, IConfiguration configuration, TimeProvider time)
    : IHostCommand
{
    public const string Name = "--backup",
        SecretsSwitch = "--backup-secrets";

    // A process that has just taken the folder may still be starting.
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(30),
        BetweenTries = TimeSpan.FromMilliseconds(100);

    public string Switch => Name;

    public bool TakesArguments => true;

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var request = BackupRequest.Read(args, SecretsSwitch);
        if (services.GetService<BackupWriter>() is { } writer)
        {
            // The process disposes of the store, behind the connections to it.
            await services.GetRequiredService<EmbeddedStore>().StartAsync(cancellationToken);
            foreach (var line in await writer.WriteAsync(request, cancellationToken))
            {
                Console.WriteLine(line);
            }
            return 0;
        }
        var data = DataFolder.PathOf(configuration[StandaloneArguments.DataFolder]);
        await AskAsync(Path.Combine(data, DataFolder.StoreName), data, request, cancellationToken);
        return 0;
    }

    private async Task AskAsync(string store, string data, BackupRequest request, CancellationToken cancel)
    {
        using var socket = await ConnectAsync(store, data, cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(request), (byte)'\n'], cancel);
        using var reader = new StreamReader(stream);
        try
        {
            while (await reader.ReadLineAsync(cancel) is { Length: > 0 } line)
            {
                switch (line[0])
                {
                    case BackupDoor.Done:
                        return;
                    case BackupDoor.Failed:
                        throw new StartupException(line[1..]);
                    default:
                        Console.WriteLine(line[1..]);
                        break;
                }
            }
        }
        catch (IOException)
        {
            // As for an end.
        }
        throw new StartupException($"{Name}: the process on {data} ended meanwhile, and no backup was made");
    }

    private async Task<Socket> ConnectAsync(string store, string data, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(StoreSocket.FindBackup(store)), cancel);
                return socket;
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                if (refused.SocketErrorCode == SocketError.AccessDenied || time.GetElapsedTime(began) > ConnectWithin)
                {
                    throw new StartupException(
                        $"{Name}: the process on {data} does not take the request ({refused.Message}): run this as its user; it may be an earlier version, or still starting"
                    );
                }
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            await Task.Delay(BetweenTries, time, cancel);
        }
    }
}
