using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>
/// A stand-in for a process that is just ending: it takes each connection of HTTP/2 and answers the first request on it
/// with GOAWAY: no stream was taken.
/// </summary>
internal sealed class EndingBackend : IDisposable
{
    // RFC 9113, 3.4, 4.1, 6.2, 6.5 and 6.8.
    private const int PrefaceBytes = 24,
        HeadBytes = 9,
        HeadersType = 1;
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    private static readonly byte[] GoAway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _connections;

    public EndingBackend()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public int Connections => Volatile.Read(ref _connections);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync();
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            _ = AnswerAsync(socket);
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await stream.WriteAsync(Settings);
            await SkipAsync(stream, PrefaceBytes);
            for (var head = new byte[HeadBytes]; head[3] is not HeadersType; )
            {
                await stream.ReadExactlyAsync(head);
                await SkipAsync(stream, BinaryPrimitives.ReadInt32BigEndian(head) >> 8);
            }

            await stream.WriteAsync(GoAway);
            await stream.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
            // The gateway has closed it first.
        }
    }

    private static async Task SkipAsync(Stream stream, int bytes) => await stream.ReadExactlyAsync(new byte[bytes]);
}
