using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PortalServices.Testing.Portal;

/// <summary>
/// Clients that send view after view, each on one connection for as long as the server keeps it, and know of each what
/// became of it. No library is between them and the socket: one would try again by itself.
/// </summary>
public sealed class SteadyClients(Uri door, string site, int clients)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _answered,
        _unanswered,
        _failed;
    private volatile bool _isOver;

    /// <summary>Replies that came whole.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Those of them that were no success.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Views that were sent on a connection that then ended, or broke, without a reply.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Sends until the door is closed: until a new connection is refused.</summary>
    public Task RunAsync(CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => ClientAsync(cancel), cancel)));

    /// <summary>Each client ends when its view is answered.</summary>
    public void Stop() => _isOver = true;

    private async Task ClientAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        while (!_isOver)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
            };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, door.Port, cancel);
            }
            catch (SocketException)
            {
                return;
            }

            await TalkAsync(socket, patience);
        }
    }

    private async Task TalkAsync(Socket socket, CancellationTokenSource patience)
    {
        var request = Encoding.ASCII.GetBytes(
            $"POST /api/sites/{site}/views?page=/steady&return=minimal HTTP/1.1\r\nHost: x\r\nUser-Agent: {ViewCall.Browser}\r\nContent-Length: 0\r\n\r\n"
        );
        var buffer = new byte[16 * 1024];
        while (!_isOver)
        {
            patience.CancelAfter(Patience);
            var reply = "";
            try
            {
                await socket.SendAsync(request, patience.Token);
                while (!IsWhole(reply) && await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var read)
                {
                    reply += Encoding.Latin1.GetString(buffer, 0, read);
                }
            }
            catch (SocketException)
            {
                // It counts below.
            }

            if (!IsWhole(reply))
            {
                Interlocked.Increment(ref _unanswered);
                return;
            }

            Interlocked.Increment(ref _answered);
            if (!reply.StartsWith("HTTP/1.1 204 ", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _failed);
            }
            if (reply.Contains("\r\nConnection: close\r\n", StringComparison.OrdinalIgnoreCase))
            {
                return;
            }
        }
    }

    private static bool IsWhole(string reply)
    {
        const string Length = "\r\nContent-Length: ";
        var head = reply.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
        {
            return false;
        }
        var length = reply.IndexOf(Length, 0, head + 2, StringComparison.OrdinalIgnoreCase);
        return length < 0
            || reply.Length - head - 4
                >= int.Parse(
                    reply.AsSpan(length + Length.Length, reply.IndexOf('\r', length + 2) - length - Length.Length),
                    CultureInfo.InvariantCulture
                );
    }
}
