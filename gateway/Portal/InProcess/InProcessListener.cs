using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace PortalServices.Portal.InProcess;

/// <summary>
/// A transport of the server through memory: a client of this process is answered by the same pipeline, with the same
/// rules, as one that comes by a socket. A connection holds at most 128 KiB that were not read yet.
/// </summary>
internal sealed class InProcessListener
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector,
        IConnectionListener
{
    private const int MaxWaiting = 64;

    private readonly Channel<ConnectionContext> _waiting = Channel.CreateBounded<ConnectionContext>(MaxWaiting);
    private long _connections;

    public EndPoint EndPoint { get; } = new InProcessEndPoint();

    public bool CanBind(EndPoint endpoint) => endpoint is InProcessEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_waiting.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _waiting.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>A new connection to this process.</summary>
    /// <exception cref="IOException">The server takes no connections any more.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancel)
    {
        var (requests, replies) = (new Pipe(), new Pipe());
        var connection = new InProcessConnection(
            $"in-process-{Interlocked.Increment(ref _connections).ToString(CultureInfo.InvariantCulture)}",
            new Duplex(requests.Reader, replies.Writer)
        );
        try
        {
            await _waiting.Writer.WriteAsync(connection, cancel);
        }
        catch (ChannelClosedException)
        {
            throw new IOException("This process takes no requests any more.");
        }
        return new DuplexStream(replies.Reader, requests.Writer);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>The server's end.</summary>
    private sealed class InProcessConnection : DefaultConnectionContext
    {
        // Never disposed, unlike that of the base class: it may be cancelled at any moment, also when all has ended.
        private readonly CancellationTokenSource _closed = new();

        public InProcessConnection(string id, IDuplexPipe transport)
            : base(id, transport, transport)
        {
            ConnectionClosed = _closed.Token;
            Features.Set(new InProcessCall());
        }

        public override void Abort(ConnectionAbortedException abortReason)
        {
            Transport.Input.CancelPendingRead();
            Transport.Output.CancelPendingFlush();
            ThreadPool.UnsafeQueueUserWorkItem(closed => closed.Cancel(), _closed, preferLocal: false);
        }

        public override async ValueTask DisposeAsync()
        {
            await Transport.Input.CompleteAsync();
            await Transport.Output.CompleteAsync();
            await base.DisposeAsync();
        }
    }
}

/// <summary>Set on connections of this process.</summary>
internal sealed record InProcessCall;
