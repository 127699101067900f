using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PortalServices.Testing.Attack;

/// <summary>What a hostile client does with its connection.</summary>
public enum Hostility
{
    /// <summary>Opens it and sends nothing.</summary>
    Idle,

    /// <summary>Sends a large head that never ends.</summary>
    SlowHead,

    /// <summary>Sends a head, and a body that never ends.</summary>
    SlowBody,
}

/// <summary>
/// Connections that are opened to be held, from many addresses: each sends what it has at once, then a byte now and
/// then, and is opened again as soon as the server has closed it.
/// </summary>
/// <param name="door">The door that is attacked.</param>
/// <param name="site">A site that is there.</param>
/// <param name="addresses">From so many addresses of this machine.</param>
public sealed class HostileClients(Uri door, string site, int addresses)
{
    private const int HeadBytes = 60_000,
        BodyBytes = 30_000;
    private static readonly TimeSpan Trickle = TimeSpan.FromSeconds(1),
        BeforeAnother = TimeSpan.FromMilliseconds(200);
    private long _opened;

    /// <summary>Connections that were opened, those opened again included.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    /// <summary>Holds so many connections of each kind until it is cancelled.</summary>
    public Task RunAsync(int ofEach, CancellationToken end) =>
        Task.WhenAll(
            from kind in Enum.GetValues<Hostility>()
            from number in Enumerable.Range(0, ofEach)
            select HoldAsync(kind, Address(number), end)
        );

    private IPAddress Address(int number) =>
        IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.9.0.{1 + (number % addresses)}"));

    private async Task HoldAsync(Hostility kind, IPAddress from, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(IPAddress.Loopback, door.Port, end);
                Interlocked.Increment(ref _opened);
                await socket.SendAsync(Beginning(kind), end);
                await HoldAsync(socket, kind, end);
            }
            catch (SocketException)
            {
                // Closed by the server.
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(BeforeAnother, end)
                .ContinueWith(
                    _ => { },
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
        }
    }

    private static async Task HoldAsync(Socket socket, Hostility kind, CancellationToken end)
    {
        var answer = new byte[1024];
        while (true)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(end);
            pause.CancelAfter(Trickle);
            try
            {
                if (await socket.ReceiveAsync(answer, pause.Token) == 0)
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (!end.IsCancellationRequested)
            {
                if (kind != Hostility.Idle)
                {
                    await socket.SendAsync("a"u8.ToArray(), end);
                }
            }
        }
    }

    private byte[] Beginning(Hostility kind) =>
        Encoding.ASCII.GetBytes(
            kind switch
            {
                Hostility.SlowHead =>
                    $"GET /api/sites/{site}/stats HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('a', HeadBytes)}",
                Hostility.SlowBody =>
                    $"POST /api/sites/{site}/pages/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 65000\r\n\r\n{{\"paths\":[\"{new string('a', BodyBytes)}",
                _ => "",
            }
        );
}
