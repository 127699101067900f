using System.Buffers;
using System.Net;
using System.Net.Sockets;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Calling;

/// <summary>
/// A replica of a service as the gateway sees it: one connection to it, made when it is first needed and again after it
/// was lost, and the requests that wait for their reply on it. Without one a request is not sent: the caller waits
/// for it, or forwards the request otherwise.
/// </summary>
/// <remarks>
/// Requests are written into a buffer behind one another. The first has the pool send it, behind whatever is ready to
/// run before that: the more there is to do, the more have gathered by then, and none waits for company.
/// </remarks>
public sealed partial class FramePeer : IThreadPoolWorkItem, IDisposable
{
    private const int MaxShortText = byte.MaxValue,
        MaxText = ushort.MaxValue,
        MaxUtf8Length = 3;

    private readonly DnsEndPoint _endPoint;
    private readonly FrameLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _onUnavailable;
    private readonly LogPace _pace;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, FramedCall> _calls = [];
    private FrameBuffer _pending = new(),
        _sending = new();
    private FramedCall? _free;
    private FrameConnectionState? _connection;
    private long _appended,
        _handedOver,
        _retryAt = long.MinValue;
    private uint _lastId;
    private int _failures;
    private bool _isFlushing,
        _isDisposed;
    private Task<FrameReadiness>? _connecting;

    /// <param name="address">Of the service's internal door.</param>
    /// <param name="limits">Bounds and times.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where lost connections are logged.</param>
    /// <param name="onUnavailable">Called when the connection was lost, or the service ends; on any thread.</param>
    public FramePeer(Uri address, FrameLimits limits, TimeProvider time, ILogger logger, Action onUnavailable)
    {
        ArgumentNullException.ThrowIfNull(address);
        _endPoint = new DnsEndPoint(address.Host.Trim('[', ']'), address.Port);
        (_limits, _time, _logger, _onUnavailable) = (limits, time, logger, onUnavailable);
        _pace = new LogPace(time);
    }

    /// <summary>Requests that wait for their reply.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>Whether there is a connection that takes requests.</summary>
    public bool IsConnected => Volatile.Read(ref _connection) is { IsClosing: false };

    /// <summary>
    /// Waits for the connection, as long as an attempt takes: one that is under way, or is due now. Who waited sends
    /// again.
    /// </summary>
    public Task<FrameReadiness> ReadyAsync()
    {
        lock (_gate)
        {
            if (_connection is { IsClosing: false })
            {
                return Task.FromResult(FrameReadiness.Connected);
            }
            ConnectIfDue();
            return _connecting ?? Task.FromResult(FrameReadiness.Unavailable);
        }
    }

    /// <summary>Sends a request as it stands, without waiting.</summary>
    /// <param name="request">The request; its client's address is that of its connection.</param>
    /// <param name="route">What of it travels.</param>
    /// <param name="body">The whole body; copied.</param>
    /// <param name="waited">How long it has waited, besides what its header says.</param>
    /// <param name="timeout">How long the reply may take.</param>
    /// <param name="gone">Cancelled when the client has gone.</param>
    /// <param name="reply">What becomes of it, to be awaited once; with any other outcome than <see
    /// cref="FrameAdmission.Sent"/> nothing.</param>
    public FrameAdmission Send(
        HttpRequest request,
        FramedRoute route,
        in ReadOnlySequence<byte> body,
        TimeSpan waited,
        TimeSpan timeout,
        CancellationToken gone,
        out ValueTask<FramedReply> reply
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(route);
        reply = default;
        if (MaxBytes(request, route, body.Length) is not { } most)
        {
            return FrameAdmission.TooLarge;
        }

        bool start;
        lock (_gate)
        {
            if (_connection is not { IsClosing: false })
            {
                ConnectIfDue();
                return FrameAdmission.NotConnected;
            }
            if (_calls.Count >= _limits.MaxInFlight || _pending.Length + most > _limits.MaxPendingBytes)
            {
                return FrameAdmission.Full;
            }

            var now = _time.GetTimestamp();
            var frame = _pending.Room(most);
            // An id comes again after four thousand million others; one that waits is none of them.
            var id = ++_lastId;
            var length = Write(frame, id, request, route, body, waited);
            var call = _free ?? new FramedCall(this);
            _free = call.Next;
            call.Begin(id, _appended, now + (long)(timeout.TotalSeconds * _time.TimestampFrequency), gone);
            _calls.Add(id, call);
            reply = call.Task;
            start = Append(length, now);
        }
        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        return FrameAdmission.Sent;
    }

    /// <summary>Sends what has gathered; called by the pool.</summary>
    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    /// <summary>Ends the connection, and with it what waits.</summary>
    public void Dispose()
    {
        FrameConnectionState? connection;
        lock (_gate)
        {
            _isDisposed = true;
            connection = _connection;
        }
        if (connection is not null)
        {
            Lose(connection, reason: null);
        }
    }

    internal void Release(FramedCall call)
    {
        lock (_gate)
        {
            call.Next = _free;
            _free = call;
        }
    }

    // The most that it can take; null when it fits into no frame.
    private static int? MaxBytes(HttpRequest request, FramedRoute route, long body)
    {
        var path = request.Path.Value?.Length ?? 0;
        var query = request.QueryString.Value?.Length ?? 0;
        var host = request.Host.Value?.Length ?? 0;
        if (
            body > FrameFormat.MaxBodyBytes
            || request.Method.Length * MaxUtf8Length > MaxShortText
            || Math.Max(path, Math.Max(query, host)) * MaxUtf8Length > MaxText
        )
        {
            return null;
        }
        const int parts = 64;
        var characters = request.Method.Length + path + query + host;
        var fields = 0;
        foreach (var name in route.Headers)
        {
            foreach (var value in request.Headers[name])
            {
                if (++fields > FrameFormat.MaxHeaders || value is { Length: > MaxText / MaxUtf8Length })
                {
                    return null;
                }
                characters += name.Length + (value?.Length ?? 0);
            }
        }

        var most = FrameFormat.HeadBytes + parts + (fields * 3) + (characters * MaxUtf8Length) + (int)body;
        return most <= FrameFormat.MaxFrameBytes ? most : null;
    }

    private static int Write(
        Span<byte> frame,
        uint id,
        HttpRequest request,
        FramedRoute route,
        in ReadOnlySequence<byte> body,
        TimeSpan waited
    )
    {
        var into = new FrameWriter(frame, FrameFormat.HeadBytes);
        into.Byte(request.IsHttps ? 1 : 0);
        var milliseconds = GatewayHeaders.WaitedMilliseconds(request.Headers) + Math.Ceiling(waited.TotalMilliseconds);
        into.UInt32((uint)Math.Min(milliseconds, uint.MaxValue));
        into.ShortText(request.Method);
        into.Text(request.Path.Value ?? "/");
        into.Text(request.QueryString.Value ?? "");
        into.Text(request.Host.Value ?? "");
        Span<byte> address = stackalloc byte[16];
        var length = 0;
        request.HttpContext.Connection.RemoteIpAddress?.TryWriteBytes(address, out length);
        into.Byte(length);
        into.Bytes(address[..length]);
        var (count, countAt) = (0, into.Length);
        into.Byte(0);
        foreach (var name in route.Headers)
        {
            foreach (var value in request.Headers[name])
            {
                into.ShortText(name);
                into.Text(value);
                count++;
            }
        }
        into.SetByte(countAt, count);
        into.Bytes(body);
        FrameFormat.WriteHead(frame, FrameKind.Request, id, into.Length);
        return into.Length;
    }

    // With the gate taken. True when the caller must have it sent.
    private bool Append(int bytes, long now)
    {
        _pending.Advance(bytes, now);
        _appended += bytes;
        var start = !_isFlushing;
        _isFlushing = true;
        return start;
    }

    // With the gate taken.
    private bool AppendBare(FrameKind kind, uint id, long now)
    {
        FrameFormat.WriteHead(_pending.Room(FrameFormat.HeadBytes), kind, id, FrameFormat.HeadBytes);
        return Append(FrameFormat.HeadBytes, now);
    }

    private async Task FlushAsync()
    {
        while (true)
        {
            FrameConnectionState connection;
            lock (_gate)
            {
                _sending.Clear();
                if (_pending.Length == 0 || _connection is null)
                {
                    _isFlushing = false;
                    return;
                }
                (_pending, _sending) = (_sending, _pending);
                _handedOver = _appended;
                connection = _connection;
            }

            try
            {
                // What waited to be sent was on its way no less for that.
                FrameFormat.AddWaited(_sending.Written, _time.GetElapsedTime(_sending.Since));
                for (var rest = _sending.Memory; rest.Length > 0; )
                {
                    rest = rest[await connection.Socket.SendAsync(rest, SocketFlags.None)..];
                }
            }
#pragma warning disable CA1031 // Whatever it was, those that wait have to learn of it, and the next ones be sent.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Lose(connection, e.Message);
            }
        }
    }

    // With the gate taken.
    private void ConnectIfDue()
    {
        if (_connecting is null && !_isDisposed && _connection is null && _time.GetTimestamp() >= _retryAt)
        {
            // The connection outlives the request that has it made, and is none of its trace.
            using (ExecutionContext.SuppressFlow())
            {
                _connecting = Task.Run(ConnectAsync);
            }
        }
    }

    private async Task<FrameReadiness> ConnectAsync()
    {
        Socket? socket = null;
        var readiness = FrameReadiness.Connected;
        TimeSpan? retryAfter = null;
        try
        {
            using var timeout = new CancellationTokenSource(_limits.ConnectTimeout, _time);
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(_endPoint, timeout.Token);
            if (!await GreetAsync(socket, timeout.Token))
            {
                readiness = FrameReadiness.Unavailable;
                retryAfter = _limits.RetryUnsupported;
                LogUnsupported(_endPoint.Host, _endPoint.Port);
            }
        }
#pragma warning disable CA1031 // Nobody else would make the next attempt.
        catch (Exception)
#pragma warning restore CA1031
        {
            readiness = FrameReadiness.Unreachable;
            retryAfter = _limits.Reconnect.After(Interlocked.Increment(ref _failures));
        }

        lock (_gate)
        {
            _connecting = null;
            if (retryAfter is null && !_isDisposed)
            {
                _failures = 0;
                _connection = new FrameConnectionState(socket!, _time.GetTimestamp());
                _connection.Sweep = _time.CreateTimer(
                    static state => ((FramePeer)state!).Sweep(),
                    this,
                    _limits.SweepInterval,
                    _limits.SweepInterval
                );
                _ = ReceiveAsync(_connection);
                return readiness;
            }
            _retryAt = _time.GetTimestamp() + (long)((retryAfter?.TotalSeconds ?? 0) * _time.TimestampFrequency);
        }
        socket?.Dispose();
        return readiness;
    }

    // Whether the other side speaks the same version.
    private static async Task<bool> GreetAsync(Socket socket, CancellationToken timeout)
    {
        var preface = FrameFormat.Preface.ToArray();
        await socket.SendAsync(preface, timeout);
        var answer = new byte[preface.Length];
        for (var read = 0; read < answer.Length; )
        {
            var bytes = await socket.ReceiveAsync(answer.AsMemory(read), timeout);
            if (bytes == 0 || !answer.AsSpan(0, read + bytes).SequenceEqual(preface.AsSpan(0, read + bytes)))
            {
                return false;
            }
            read += bytes;
        }
        return true;
    }

    private async Task ReceiveAsync(FrameConnectionState connection)
    {
        string? reason = null;
        var buffer = new byte[FrameFormat.MaxFrameBytes * 2];
        var done = new List<FramedCall>();
        try
        {
            for (var have = 0; ; )
            {
                var bytes = await connection.Socket.ReceiveAsync(buffer.AsMemory(have));
                if (bytes == 0)
                {
                    break;
                }
                have += bytes;
                var taken = Take(connection, buffer.AsSpan(0, have), done);
                buffer.AsSpan(taken, have - taken).CopyTo(buffer);
                have -= taken;
                FrameCompletion.Complete(done);
                done.Clear();
                if (connection.IsClosing && InFlight == 0)
                {
                    break;
                }
            }
        }
#pragma warning disable CA1031 // As when it cannot be sent.
        catch (Exception e)
#pragma warning restore CA1031
        {
            reason = e.Message;
            FrameCompletion.Complete(done);
        }
        Lose(connection, reason);
    }

    // Reads all whole frames; how many bytes they are.
    private int Take(FrameConnectionState connection, ReadOnlySpan<byte> received, List<FramedCall> done)
    {
        var (taken, isClosing) = (0, false);
        lock (_gate)
        {
            connection.HeardAt = _time.GetTimestamp();
            while (FrameFormat.TryReadHead(received[taken..], out var head) && head.Bytes <= received.Length - taken)
            {
                var payload = received[(taken + FrameFormat.HeadBytes)..(taken + head.Bytes)];
                switch (head.Kind)
                {
                    case FrameKind.Reply:
                        var reply = FramedReply.Read(payload);
                        // That of a request that nobody waits for any more is dropped.
                        if (_calls.Remove(head.Id, out var call))
                        {
                            done.Add(call.With(reply));
                        }
                        else
                        {
                            reply.Dispose();
                        }
                        break;
                    case FrameKind.Pong:
                        break;
                    case FrameKind.Closing:
                        isClosing = !connection.IsClosing;
                        connection.IsClosing = true;
                        break;
                    default:
                        throw new InvalidDataException("A service sent a frame that services do not send.");
                }
                taken += head.Bytes;
            }
        }
        if (isClosing)
        {
            TellUnavailable();
        }
        return taken;
    }

    // Answers those that nobody replies to any more, and looks whether the other side lives.
    private void Sweep()
    {
        List<FramedCall> done = [];
        FrameConnectionState? dead = null;
        var start = false;
        lock (_gate)
        {
            if (_connection is not { } connection)
            {
                return;
            }
            var now = _time.GetTimestamp();
            foreach (var call in _calls.Values)
            {
                if (call.Gone.IsCancellationRequested)
                {
                    done.Add(call.With(new FramedReply(FrameOutcome.Abandoned)));
                }
                else if (call.Deadline <= now)
                {
                    done.Add(call.With(new FramedReply(FrameOutcome.TimedOut)));
                }
            }
            foreach (var call in done)
            {
                _calls.Remove(call.Id);
                start |= AppendBare(FrameKind.Cancel, call.Id, now);
            }

            if (connection.PingedAt is { } pinged && connection.HeardAt < pinged)
            {
                dead = _time.GetElapsedTime(pinged, now) >= _limits.PingTimeout ? connection : null;
            }
            else if (
                _time.GetElapsedTime(Math.Max(connection.PingedAt ?? 0, connection.HeardAt), now)
                >= _limits.PingInterval
            )
            {
                connection.PingedAt = now;
                start |= AppendBare(FrameKind.Ping, 0, now);
            }
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        FrameCompletion.Complete(done);
        if (dead is not null)
        {
            Lose(dead, $"nothing came for {_limits.PingTimeout.TotalSeconds} s");
        }
    }

    private void Lose(FrameConnectionState connection, string? reason)
    {
        List<FramedCall> lost = [];
        lock (_gate)
        {
            if (_connection != connection)
            {
                return;
            }
            _connection = null;
            // A service that ends would only say so again.
            _retryAt = _time.GetTimestamp() + (connection.IsClosing ? _time.TimestampFrequency : 0);
            foreach (var call in _calls.Values)
            {
                lost.Add(
                    call.With(new FramedReply(call.From >= _handedOver ? FrameOutcome.NotSent : FrameOutcome.Broken))
                );
            }
            _calls.Clear();
            _pending.Clear();
        }
        connection.Dispose();
        if (!connection.IsClosing && !_isDisposed)
        {
            TellUnavailable();
            if (_pace.TryTake())
            {
                LogLost(_endPoint.Host, _endPoint.Port, lost.Count, reason ?? "it was closed");
            }
        }
        FrameCompletion.Complete(lost);
    }

    // What waits has to end whatever becomes of this.
    private void TellUnavailable()
    {
        try
        {
            _onUnavailable();
        }
#pragma warning disable CA1031 // It is somebody else's code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFault(e, _endPoint.Host, _endPoint.Port);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "It could not be noted that {Host}:{Port} is not there")]
    private partial void LogFault(Exception e, string host, int port);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Host}:{Port} does not take requests as frames of this version, or not from here: they are proxied one by one."
    )]
    private partial void LogUnsupported(string host, int port);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The connection for frames to {Host}:{Port} was lost with {Count} requests under way: {Reason}"
    )]
    private partial void LogLost(string host, int port, int count, string reason);
}
