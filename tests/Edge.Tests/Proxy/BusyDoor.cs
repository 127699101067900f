using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PortalServices.Testing;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>
/// A door that takes no connection until it is opened, and says nothing to who wants one: its queue is full, as that of
/// a process that stands still. Then it leads to another one.
/// </summary>
internal sealed class BusyDoor : IAsyncDisposable
{
    // See net/tcp_states.h.
    private const string SynSent = "02";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _inFront = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _behind;

    private BusyDoor(Uri behind) => _behind = behind;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <param name="behind">Where it leads.</param>
    public static async Task<BusyDoor> CloseAsync(Uri behind)
    {
        var door = new BusyDoor(behind);
        door._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        door._listener.Listen(0);
        // Those that stand in front of it fill its queue; the last of them waits like whoever comes then.
        do
        {
            door._inFront.Add(
                new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false }
            );
            try
            {
                await door._inFront[^1]
                    .ConnectAsync(door._listener.LocalEndPoint!, TestContext.Current.CancellationToken)
                    .AsTask()
                    .WaitAsync(TimeSpan.FromMilliseconds(200));
            }
            catch (TimeoutException)
            {
                return door;
            }
        } while (door._inFront.Count < 10);
        throw new InvalidOperationException("The queue takes them all.");
    }

    /// <summary>Waits until somebody else wants a connection.</summary>
    public Task HasCallerAsync(CancellationToken cancel) =>
        Eventually.HoldsAsync(
            () =>
                new[] { "/proc/net/tcp", "/proc/net/tcp6" }
                    .SelectMany(File.ReadLines)
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Count(words =>
                        words[2].EndsWith(Port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal)
                        && words[3] == SynSent
                    ) > 1,
            "somebody waits for a connection",
            cancel
        );

    /// <summary>Takes whoever comes.</summary>
    public void Open()
    {
        foreach (var socket in _inFront)
        {
            socket.Dispose();
        }
        _ = TakeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        foreach (var socket in _inFront)
        {
            socket.Dispose();
        }
        _end.Dispose();
    }

    private async Task TakeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_end.Token);
            }
            catch (Exception ended)
                when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }

            _ = LeadAsync(socket, _end.Token);
        }
    }

    private async Task LeadAsync(Socket socket, CancellationToken end)
    {
        using var behind = new TcpClient();
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await behind.ConnectAsync(_behind.Host, _behind.Port, end);
            await Task.WhenAny(
                stream.CopyToAsync(behind.GetStream(), end),
                behind.GetStream().CopyToAsync(stream, end)
            );
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // One of the two has gone.
        }
    }
}
