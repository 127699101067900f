using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace PortalServices.LoadTests.Sending;

/// <summary>
/// One connection to a target, with one request at a time. Written on sockets: a client library costs several times as
/// much, repeats requests by itself, and does not say when it sent.
/// </summary>
internal sealed class Connection : IDisposable
{
    /// <summary>An answer whose body is longer breaks the connection.</summary>
    public const int MaxReply = 8 * 1024 * 1024;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[16 * 1024];
    private int _filled;

    private Connection(Stream stream) => _stream = stream;

    /// <summary>What is to be sent next.</summary>
    public RequestWriter Request { get; } = new();

    /// <summary>When the request under way was begun; 0 when there is none.</summary>
    public long Begun { get; set; }

    /// <summary>Whether it was closed because an answer did not come in time.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<Connection> OpenAsync(Uri target, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.DnsSafeHost, target.Port, cancel);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (target.Scheme == Uri.UriSchemeHttps)
            {
                var secured = new SslStream(stream);
                await secured.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = target.DnsSafeHost },
                    cancel
                );
                stream = secured;
            }
            return new Connection(stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sends the request and reads its answer to the end. The body is good until the next request.
    /// </summary>
    /// <exception cref="IOException">The connection ended before the answer did, or it is not HTTP.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(ReplyHead Head, ReadOnlyMemory<byte> Body)> ExchangeAsync()
    {
        _filled = 0;
        await _stream.WriteAsync(Request.Bytes);
        ReplyHead head;
        while (!ReplyHead.TryRead(_buffer.AsSpan(0, _filled), out head))
        {
            await FillAsync();
        }
        if (head.Status < 200)
        {
            throw new IOException("The answer is not HTTP/1.1.");
        }
        return (head, head.IsChunked ? await ReadChunksAsync(head.Length) : await ReadBodyAsync(head));
    }

    /// <summary>Closes it under a request that takes too long.</summary>
    public void TimeOut()
    {
        HasTimedOut = true;
        Dispose();
    }

    public void Dispose() => _stream.Dispose();

    private async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(ReplyHead head)
    {
        if (head.BodyLength >= 0)
        {
            var whole = head.Length + head.BodyLength;
            while (_filled < whole)
            {
                await FillAsync();
            }
            return _buffer.AsMemory(head.Length, (int)head.BodyLength);
        }
        while (await TryFillAsync())
        {
            // To the end of the connection.
        }
        return _buffer.AsMemory(head.Length.._filled);
    }

    /// <summary>Moves the chunks together, behind the head.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(int start)
    {
        var (end, next) = (start, start);
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(next, _filled - next).IndexOf("\r\n"u8)) < 0)
            {
                await FillAsync();
            }
            if (!Utf8Parser.TryParse(_buffer.AsSpan(next, line), out int length, out _, 'x') || length < 0)
            {
                throw new IOException("A chunk of the answer has no length.");
            }
            next += line + 2;
            while (_filled - next < (long)length + 2)
            {
                await FillAsync();
            }
            if (length == 0)
            {
                return _buffer.AsMemory(start..end);
            }
            Buffer.BlockCopy(_buffer, next, _buffer, end, length);
            end += length;
            next += length + 2;
        }
    }

    private async ValueTask FillAsync()
    {
        if (!await TryFillAsync())
        {
            throw new IOException("The connection ended before the answer did.");
        }
    }

    private async ValueTask<bool> TryFillAsync()
    {
        if (_filled == _buffer.Length)
        {
            if (_filled >= MaxReply)
            {
                throw new IOException("The answer is too long.");
            }
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = await _stream.ReadAsync(_buffer.AsMemory(_filled));
        _filled += read;
        return read > 0;
    }
}
