using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// A connection as the budget sees it: whether it can be closed without harm, and what it is charged with, an estimate
/// of the memory that its unanswered requests and unread replies take. A feature of the connection, found by each of
/// its requests.
/// </summary>
internal sealed class TrackedConnection(
    ConnectionContext connection,
    ConnectionBudget budget,
    ConnectionHolder holder,
    Door door
)
{
    // What every request may have without being charged for, and the steps of what is.
    private const int Free = 4 * 1024,
        Step = 16 * 1024;

    // A head lies in the buffer of the connection and as texts of two bytes a character, some of them twice.
    private const int MemoryPerByte = 4;

    // The buffers of a reply on its way through a proxy: of the connection, of the copy, of the stream.
    private const int MemoryOfReply = 192 * 1024;

    private long _received,
        _underWay,
        _charged;
    private int _requests;

    // At first nothing has come in, whether the server has begun to read or not.
    private volatile bool _isHttp1 = true,
        _isReading = true,
        _isWriting,
        _hasServed,
        _isClosing;

    public ConnectionHolder Holder => holder;

    public Door Door => door;

    /// <summary>When it was opened, or its last request ended; a timestamp of the budget's clock.</summary>
    public long IdleSince { get; private set; } = budget.Timestamp();

    public bool HasServed => _hasServed;

    /// <summary>Memory, in steps.</summary>
    public long Charged => Interlocked.Read(ref _charged);

    /// <summary>Whether the server waits for something from the client.</summary>
    public bool IsReading
    {
        set => _isReading = value;
    }

    /// <summary>Whether the server waits until the client has read some of a reply.</summary>
    public bool IsWriting
    {
        set
        {
            _isWriting = value;
            Recharge();
        }
    }

    /// <summary>Bytes that have come in and are not taken yet.</summary>
    public long Unread { get; set; }

    /// <summary>
    /// Whether the server only waits for the client. Over HTTP/1.1 it reads between requests, in an unfinished head, or
    /// in an unfinished body; over HTTP/2 always.
    /// </summary>
    public bool IsWaiting =>
        !_isClosing && (_isWriting || (_isReading && (_isHttp1 || Volatile.Read(ref _requests) == 0)));

    /// <summary>Whether it speaks HTTP/1.1, as far as is known.</summary>
    public bool IsHttp1 => _isHttp1;

    public bool IsClosing => _isClosing;

    /// <summary>Ends the connection; what it was charged with counts as free from now on.</summary>
    public void Close()
    {
        End();
        connection.Abort(new ConnectionAbortedException("Closed to make room for others."));
    }

    public void End()
    {
        _isClosing = true;
        Recharge();
    }

    public void Received(long bytes)
    {
        _received += bytes;
        if (_received > Free)
        {
            Recharge();
        }
    }

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        NoteProtocol(context.Request);
        if (IsRefused)
        {
            return Problem
                .Of(CommonProblems.ServiceUnavailable, retryAfter: ConnectionBudget.ShortWait)
                .ExecuteAsync(context);
        }
        if (
            !_isHttp1
            || _received > Free
            || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
        )
        {
            return RunToEndAsync(context, next);
        }
        // Small and without a body, and so over by the time the server reads again.
        Answered();
        return next(context);
    }

    /// <summary>Begins a request, unless it is to be refused.</summary>
    /// <param name="request">The request.</param>
    /// <param name="memory">What the connection is charged with until it ends.</param>
    public bool TryBegin(HttpRequest request, out long memory)
    {
        NoteProtocol(request);
        memory = 0;
        if (IsRefused)
        {
            return false;
        }
        memory = Begin(request);
        return true;
    }

    /// <summary>Ends a request that was begun.</summary>
    /// <param name="memory">What the connection was charged with.</param>
    public void End(long memory)
    {
        Interlocked.Decrement(ref _requests);
        Interlocked.Add(ref _underWay, -memory);
        Answered();
    }

    private bool IsRefused => Charged > 0 && budget.IsFull;

    private async Task RunToEndAsync(HttpContext context, RequestDelegate next)
    {
        var memory = Begin(context.Request);
        try
        {
            await next(context);
        }
        finally
        {
            End(memory);
        }
    }

    private long Begin(HttpRequest request)
    {
        var memory = _isHttp1 ? 0 : (SizeOf(request) * MemoryPerByte) + MemoryOfReply;
        Interlocked.Increment(ref _requests);
        if (Interlocked.Add(ref _underWay, memory) > 0)
        {
            Recharge();
        }
        return memory;
    }

    private void NoteProtocol(HttpRequest request) =>
        _isHttp1 = HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol);

    private void Answered()
    {
        _hasServed = true;
        IdleSince = budget.Timestamp();
        _received = Unread;
        if (Charged > 0)
        {
            Recharge();
        }
    }

    // Over HTTP/2 a few bytes can stand for a large head, and a stream can be held up while its connection is not: each
    // request is charged for by itself.
    private static long SizeOf(HttpRequest request)
    {
        long size = request.Path.Value?.Length + request.QueryString.Value?.Length ?? 0;
        foreach (var (name, values) in request.Headers)
        {
            size += name.Length + values.ToString().Length;
        }
        return size;
    }

    private void Recharge()
    {
        long charge;
        do
        {
            var received = _received <= Free ? 0 : _received * MemoryPerByte;
            var memory = _isClosing ? 0 : received + Interlocked.Read(ref _underWay) + (_isWriting ? MemoryOfReply : 0);
            charge = (memory + Step - 1) / Step * Step;
            if (charge != Charged)
            {
                budget.Charge(holder, charge - Interlocked.Exchange(ref _charged, charge));
            }
        }
        // It may have ended meanwhile, on another thread that has charged nothing for it: the last word is nothing.
        while (_isClosing && charge != 0);
    }
}
