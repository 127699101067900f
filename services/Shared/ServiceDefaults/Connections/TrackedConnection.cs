using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PortalServices.ServiceDefaults;

/// <summary>A connection as the budget sees it. A feature of the connection, found by each of its requests.</summary>
internal sealed class TrackedConnection(ConnectionContext connection, ConnectionBudget budget, ConnectionHolder holder, Door door)
{
    // What every request may have without being accounted for, and the steps of what is.
    const int Free = 4 * 1024, Step = 16 * 1024;

    long _received, _underWay, _charged;
    int _requests;
    // At first nothing has come in, whether the server has begun to read or not.
    volatile bool _isHttp1 = true, _isReading = true, _hasServed, _isClosing;

    public ConnectionHolder Holder => holder;

    public Door Door => door;

    /// <summary>When it was opened, or its last request ended; a timestamp of the budget's clock.</summary>
    public long IdleSince { get; private set; } = budget.Timestamp();

    /// <summary>Whether a request of it has been answered.</summary>
    public bool HasServed => _hasServed;

    /// <summary>Bytes held by requests that are not answered yet, in steps.</summary>
    public long Charged => Interlocked.Read(ref _charged);

    /// <summary>Whether the server waits for something of the client's.</summary>
    public bool IsReading
    {
        set => _isReading = value;
    }

    /// <summary>Bytes that have come in and are not taken yet.</summary>
    public long Unread { get; set; }

    /// <summary>
    /// Whether it can be closed without harm to a request that the client has sent: over HTTP/1.1 the server reads only between requests, in an
    /// unfinished head, or in an unfinished body; over HTTP/2 always.
    /// </summary>
    public bool IsWaiting => !_isClosing && _isReading && (_isHttp1 || Volatile.Read(ref _requests) == 0);

    /// <summary>Whether it speaks HTTP/1.1, as far as is known.</summary>
    public bool IsHttp1 => _isHttp1;

    /// <summary>Whether it was told to end.</summary>
    public bool IsClosing => _isClosing;

    /// <summary>Ends the connection; what it held counts as free from now on.</summary>
    public void Close()
    {
        _isClosing = true;
        Recharge(0);
        connection.Abort(new ConnectionAbortedException("Closed to make room for others."));
    }

    /// <summary>The connection has ended.</summary>
    public void End()
    {
        _isClosing = true;
        Recharge(0);
    }

    public void Received(long bytes)
    {
        _received += bytes;
        if (_received > Free)
            Recharge(_received + Interlocked.Read(ref _underWay));
    }

    /// <summary>Runs a request of the connection.</summary>
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var isHttp1 = _isHttp1 = HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol);
        if (Charged > 0 && budget.IsFull)
            return Problem.Of(CommonProblems.ServiceUnavailable, retryAfter: ConnectionBudget.ShortWait).ExecuteAsync(context);
        if (!isHttp1 || _received > Free || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false)
            return RunToEndAsync(context, next, isHttp1 ? 0 : SizeOf(context.Request));
        // Small and without a body, and so over by the time the server reads again.
        Answered();
        return next(context);
    }

    async Task RunToEndAsync(HttpContext context, RequestDelegate next, long bytes)
    {
        Interlocked.Increment(ref _requests);
        if (Interlocked.Add(ref _underWay, bytes) + _received > Free)
            Recharge(_received + Interlocked.Read(ref _underWay));
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
            Interlocked.Add(ref _underWay, -bytes);
            Answered();
        }
    }

    void Answered()
    {
        _hasServed = true;
        IdleSince = budget.Timestamp();
        _received = Unread;
        if (Charged > 0)
            Recharge(_received + Interlocked.Read(ref _underWay));
    }

    // Over HTTP/2 a few bytes can stand for a large head.
    static long SizeOf(HttpRequest request)
    {
        long size = request.Path.Value?.Length + request.QueryString.Value?.Length ?? 0;
        foreach (var (name, values) in request.Headers)
            size += name.Length + values.ToString().Length;
        return size;
    }

    void Recharge(long bytes)
    {
        var charge = _isClosing || bytes <= Free ? 0 : (bytes + Step - 1) / Step * Step;
        if (charge != Charged)
            budget.Charge(holder, charge - Interlocked.Exchange(ref _charged, charge));
    }
}
