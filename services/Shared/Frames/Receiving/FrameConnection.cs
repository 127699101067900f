using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Receiving;

/// <summary>
/// A gateway's connection as the service sees it: hands its requests on as they come, and sends replies in the order in
/// which they are there. Those that are there at the same time travel together.
/// </summary>
internal sealed partial class FrameConnection : IThreadPoolWorkItem, IAsyncDisposable
{
    // More than any gateway lets wait (Frames:MaxInFlight).
    private const int MaxInFlight = 1_000_000;

    // A gateway asks each second whether the service lives.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(30);

    // Of replies that the gateway does not read.
    private const int MaxPendingBytes = 64 * 1024 * 1024;

    private readonly ConnectionContext _connection;
    private readonly FramePipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<uint, CancellationTokenSource> _cancellable = [];
    private FrameBuffer _pending = new(),
        _sending = new();
    private TaskCompletionSource? _idle;
    private bool _isFlushing,
        _isOver;
    private int _inFlight;

    public FrameConnection(ConnectionContext connection, FramePipeline pipeline, TimeProvider time, ILogger logger) =>
        (_connection, _pipeline, _time, _logger) = (connection, pipeline, time, logger);

    /// <summary>As the transport has it.</summary>
    public ConnectionContext Transport => _connection;

    public void Greet()
    {
        lock (_gate)
        {
            FrameFormat.Preface.CopyTo(_pending.Room(FrameFormat.Preface.Length));
            _pending.Advance(FrameFormat.Preface.Length, 0);
        }
        Flush();
    }

    /// <summary>Sends the gateway that the process ends.</summary>
    public void SayClosing()
    {
        AppendBare(FrameKind.Closing, 0);
        Flush();
    }

    /// <summary>Reads until the gateway ends the connection, or the server does.</summary>
    public async Task RunAsync()
    {
        var input = _connection.Transport.Input;
        var closing =
            _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            ?? CancellationToken.None;
        // The server ends all connections: this one when nothing is under way on it.
        await using var end = closing.UnsafeRegister(
            static state => ((System.IO.Pipelines.PipeReader)state!).CancelPendingRead(),
            input
        );
        // One whose machine has vanished says nothing more, and does not end its connection either.
        await using var silence = _time.CreateTimer(
            static state => ((ConnectionContext)state!).Abort(new ConnectionAbortedException("The gateway is silent.")),
            _connection,
            MaxSilence,
            Timeout.InfiniteTimeSpan
        );
        try
        {
            while (true)
            {
                var read = await input.ReadAsync();
                silence.Change(MaxSilence, Timeout.InfiniteTimeSpan);
                var rest = read.Buffer;
                try
                {
                    while (TryTake(ref rest)) { }
                }
                finally
                {
                    // Those before one that cannot be read, too.
                    _pipeline.EndOfBatch();
                }
                input.AdvanceTo(rest.Start, read.Buffer.End);
                // Of a server that ends, what is under way may still be cancelled, and asked about.
                if (read.IsCompleted || (closing.IsCancellationRequested && Volatile.Read(ref _inFlight) == 0))
                {
                    break;
                }
            }
        }
        catch (InvalidDataException invalid)
        {
            // Nothing that follows can be read, and whoever sent it need not read replies either.
            LogInvalid(invalid.Message);
            _connection.Abort(new ConnectionAbortedException(invalid.Message, invalid));
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException or ConnectionResetException)
        {
            // The gateway has gone.
        }
    }

    /// <summary>Appends a reply; <see cref="Flush"/> has it sent, with all that were appended before.</summary>
    public void Reply(uint id, int status, ReadOnlySpan<byte> headers, int headerCount, ReadOnlySpan<byte> body)
    {
        var most = FrameFormat.HeadBytes + 3 + headers.Length + body.Length;
        lock (_gate)
        {
            // Within the gate: who waits for the last of them sends what lies there then.
            Interlocked.Decrement(ref _inFlight);
            if (_isOver)
            {
                return;
            }
            if (_pending.Length + most > MaxPendingBytes)
            {
                _connection.Abort(new ConnectionAbortedException("The gateway does not read its replies."));
                return;
            }
            var frame = _pending.Room(most);
            var into = new FrameWriter(frame, FrameFormat.HeadBytes);
            into.UInt16(status);
            into.Byte(headerCount);
            into.Bytes(headers);
            into.Bytes(body);
            FrameFormat.WriteHead(frame, FrameKind.Reply, id, into.Length);
            _pending.Advance(into.Length, 0);
        }
    }

    /// <summary>Sends what was appended.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_isFlushing || _isOver || _pending.Length == 0)
            {
                return;
            }
            _isFlushing = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    /// <summary>A token that is cancelled when nobody waits for the request any more; given back by <see
    /// cref="Forget"/>.</summary>
    public CancellationTokenSource Watch(uint id) =>
        _cancellable.GetOrAdd(
            id,
            static (_, closed) => CancellationTokenSource.CreateLinkedTokenSource(closed),
            _connection.ConnectionClosed
        );

    public void Forget(uint id)
    {
        if (_cancellable.TryRemove(id, out var source))
        {
            source.Dispose();
        }
    }

    /// <summary>Waits until all requests are answered or their connection is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _idle = idle;
            SeeIdle();
        }
        await using (
            _connection.ConnectionClosed.UnsafeRegister(
                static state => ((TaskCompletionSource)state!).TrySetResult(),
                idle
            )
        )
        {
            await idle.Task;
        }
        lock (_gate)
        {
            _isOver = true;
        }
    }

    // With the gate taken. What is answered is also sent: whoever appends a reply flushes it.
    private void SeeIdle()
    {
        if (_inFlight == 0 && !_isFlushing && _pending.Length == 0)
        {
            _idle?.TrySetResult();
        }
    }

    private bool TryTake(ref ReadOnlySequence<byte> rest)
    {
        Span<byte> first = stackalloc byte[FrameFormat.HeadBytes];
        var available = (int)Math.Min(first.Length, rest.Length);
        rest.Slice(0, available).CopyTo(first);
        if (!FrameFormat.TryReadHead(first[..available], out var head) || head.Bytes > rest.Length)
        {
            return false;
        }

        var payload = rest.Slice(FrameFormat.HeadBytes, head.Bytes - FrameFormat.HeadBytes);
        rest = rest.Slice(head.Bytes);
        if (payload.IsSingleSegment)
        {
            Take(head, payload.FirstSpan);
            return true;
        }
        var copy = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        try
        {
            payload.CopyTo(copy);
            Take(head, copy.AsSpan(0, (int)payload.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
        return true;
    }

    private void Take(FrameHead head, ReadOnlySpan<byte> payload)
    {
        switch (head.Kind)
        {
            case FrameKind.Request:
                var request = new FramedRequest(payload);
                if (Interlocked.Increment(ref _inFlight) > MaxInFlight)
                {
                    Interlocked.Decrement(ref _inFlight);
                    throw new InvalidDataException("Too many requests are under way.");
                }
                _pipeline.Run(request, new FrameReplier(this, head.Id));
                break;
            case FrameKind.Cancel:
                if (_cancellable.TryGetValue(head.Id, out var source))
                {
                    _ = CancelAsync(source);
                }
                break;
            case FrameKind.Ping:
                AppendBare(FrameKind.Pong, 0);
                Flush();
                break;
            default:
                throw new InvalidDataException("A gateway sent a frame that gateways do not send.");
        }
    }

    private static async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It was answered in this moment.
        }
    }

    private void AppendBare(FrameKind kind, uint id)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }
            if (_pending.Length > MaxPendingBytes)
            {
                _connection.Abort(new ConnectionAbortedException("The gateway does not read its replies."));
                return;
            }
            FrameFormat.WriteHead(_pending.Room(FrameFormat.HeadBytes), kind, id, FrameFormat.HeadBytes);
            _pending.Advance(FrameFormat.HeadBytes, 0);
        }
    }

    private async Task FlushAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                _sending.Clear();
                if (_pending.Length == 0)
                {
                    _isFlushing = false;
                    SeeIdle();
                    return;
                }
                (_pending, _sending) = (_sending, _pending);
            }
            try
            {
                await _connection.Transport.Output.WriteAsync(_sending.Memory);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException or OperationCanceledException)
            {
                lock (_gate)
                {
                    _isOver = true;
                    _pending.Clear();
                }
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A connection for frames was closed: {Reason} Are the gateway and this service of the same version?"
    )]
    private partial void LogInvalid(string reason);
}
