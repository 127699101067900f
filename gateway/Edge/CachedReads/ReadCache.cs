using Microsoft.Extensions.Options;
using PortalServices.Edge.Limits;

namespace PortalServices.Edge.CachedReads;

/// <summary>
/// Answers readers of the same with one reply, for half a second, and asks for it once however many wait. When the
/// service is away or slow, readers get the last one, marked as stale. Comes behind all rules of the edge, which hold
/// for each reader; what they add to a reply is not cached.
/// </summary>
internal sealed partial class ReadCache(
    IOptions<CachedReadsOptions> options,
    IOptions<EdgeOptions> edge,
    EdgeTelemetry telemetry,
    IServiceProvider services,
    TimeProvider time,
    ILogger<ReadCache> logger
) : IHandlesOwnTimeout
{
    /// <summary>
    /// How long after it was asked for a reply is current. Counting shows numbers that are up to 1.5 seconds old, and
    /// two seconds are promised.
    /// </summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(500);

    /// <summary>How long readers wait for a newer reply than the last one, and how long a service is given that was
    /// found away until it is asked again.</summary>
    public static readonly TimeSpan RefreshTimeout = TimeSpan.FromSeconds(1),
        AskAgain = FreshFor;

    /// <summary>A larger reply is forwarded to each of its readers.</summary>
    public const int MaxReplyBytes = 64 * 1024;

    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    /// <summary>What is cached.</summary>
    public ReadEntries Entries { get; } = new(options.Value, time);

    /// <summary>Whether a request is a reader's: nobody's in particular, and not at a door of operators.</summary>
    public bool Covers(HttpRequest request)
    {
        var headers = request.Headers;
        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && headers.Authorization.Count == 0
            && headers.Cookie.Count == 0
            && request.ContentLength is null or 0
            && headers.TransferEncoding.Count == 0
            && request.HttpContext.Door() is Door.Public or null;
    }

    /// <summary>Answers a request of a route.</summary>
    /// <param name="context">The request.</param>
    /// <param name="route">The route.</param>
    /// <param name="next">Asks the service.</param>
    public Task RunAsync(HttpContext context, CachedRoute route, RequestDelegate next)
    {
        if (!Covers(context.Request))
        {
            return next(context);
        }
        if (route.KeyOf(context.Request) is not { } key)
        {
            return ForwardAsync(context, next);
        }
        var now = time.GetTimestamp();
        if (Entries.Find(key) is { } entry && Current(entry, now) is { } reply)
        {
            entry.ReadAt = now;
            telemetry.CountRead(ReadOutcome.Cached);
            return reply.WriteAsync(context, time.GetElapsedTime(reply.AskedAt, now));
        }
        return AskAsync(context, key, next, now);
    }

    private CachedReply? Current(ReadEntry entry, long now) =>
        entry.Last is { } last && time.GetElapsedTime(last.AskedAt, now) < FreshFor ? last : null;

    // Marked as stale; null where there is none, or none that may go on.
    private CachedReply? LastOf(ReadEntry entry, long now) =>
        entry.Last is { } last && time.GetElapsedTime(last.AskedAt, now) < options.Value.MaxStale ? last.AsStale : null;

    private async Task AskAsync(HttpContext context, ReadKey key, RequestDelegate next, long now)
    {
        ReadEntry? entry;
        CachedReply? last;
        Turn? taken;
        do
        {
            entry = Entries.Take(key, now);
            if (entry is null)
            {
                await ForwardAsync(context, next);
                return;
            }
            entry.ReadAt = now;
            last = LastOf(entry, now);
            taken = TakeTurn(context, entry, last, next, now);
        } while (taken is null);
        var turn = taken.Value;
        if (turn.Asked is not { } asked)
        {
            await SendAsync(context, turn.Reply!, turn.Outcome);
            return;
        }
        SharedResult? result;
        try
        {
            result = await asked.Result.WaitAsync(WaitFor(asked, last), time, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            // It goes on for those who come later.
            result = null;
        }
        catch (OperationCanceledException)
        {
            Leave(entry, asked);
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        await (
            result?.Reply is { } reply ? SendAsync(context, reply, turn.Outcome)
            : last is not null && result is null or { IsAway: true } ? SendAsync(context, last!, ReadOutcome.Stale)
            : SendAsync(context, result!, turn.Outcome, next)
        );
    }

    private TimeSpan WaitFor(SharedRequest asked, CachedReply? last)
    {
        if (last is null)
        {
            // It has an end of its own.
            return Timeout.InfiniteTimeSpan;
        }
        var left = RefreshTimeout - time.GetElapsedTime(asked.AskedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>What a reader gets at once, or waits for; null of an entry that was dropped meanwhile.</summary>
    private Turn? TakeTurn(HttpContext context, ReadEntry entry, CachedReply? last, RequestDelegate next, long now)
    {
        lock (entry)
        {
            if (entry.IsDropped)
            {
                return null;
            }
            if (Current(entry, now) is { } current)
            {
                return new Turn(current, null, ReadOutcome.Cached);
            }
            if (last is not null && IsAway(entry, now))
            {
                return new Turn(last, null, ReadOutcome.Stale);
            }
            if (entry.Asked is { } underWay)
            {
                underWay.Readers++;
                return new Turn(null, underWay, ReadOutcome.Joined);
            }
            var asked = new SharedRequest(edge.Value.RequestTimeout, time);
            var exchange = new DetachedExchange(context, entry.Key.Query, MaxReplyBytes, asked.Ends);
            asked.Begin(() => RunAsync(exchange, entry, asked, next));
            entry.Asked = asked;
            return new Turn(null, asked, ReadOutcome.Asked);
        }
    }

    private bool IsAway(ReadEntry entry, long now) =>
        (entry.AwayAt is { } found && time.GetElapsedTime(found, now) < AskAgain)
        || (entry.Asked is { } slow && time.GetElapsedTime(slow.AskedAt, now) >= RefreshTimeout);

    private async Task<SharedResult> RunAsync(
        DetachedExchange exchange,
        ReadEntry entry,
        SharedRequest asked,
        RequestDelegate next
    )
    {
        SharedResult result;
        using (exchange)
        {
            try
            {
                await exchange.RunAsync(next, services);
                result = SharedResult.Of(exchange, asked.AskedAt);
            }
#pragma warning disable CA1031 // Whatever it was, the readers wait for an answer.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                if (!exchange.IsTooLarge && !asked.Ends.IsCancellationRequested)
                {
                    LogFault(fault, exchange.Context.Request.Path);
                }
                result =
                    exchange.IsTooLarge ? SharedResult.Of(exchange, asked.AskedAt)
                    : asked.Ends.IsCancellationRequested ? SharedResult.Failed(StatusCodes.Status504GatewayTimeout)
                    : SharedResult.Failed(StatusCodes.Status500InternalServerError);
            }
        }
        Settle(entry, asked, result);
        return result;
    }

    private void Settle(ReadEntry entry, SharedRequest asked, SharedResult result)
    {
        var now = time.GetTimestamp();
        lock (entry)
        {
            if (asked.IsLeft)
            {
                // It says nothing of the service, and readers may have come since.
                if (entry is { Last: null, Asked: null })
                {
                    Entries.Drop(entry);
                }
                return;
            }
            entry.Asked = null;
            entry.AwayAt = result.IsAway ? now : null;
            if (result.Reply is { } reply)
            {
                Entries.Keep(entry, reply, now);
            }
            else if (!result.IsAway || entry.Last is null)
            {
                Entries.Drop(entry);
            }
        }
    }

    // Nobody who waits is disturbed by one who goes; when the last one has, the service is told.
    private static void Leave(ReadEntry entry, SharedRequest asked)
    {
        lock (entry)
        {
            if (--asked.Readers > 0 || entry.Asked != asked)
            {
                return;
            }
            (entry.Asked, asked.IsLeft) = (null, true);
        }
        asked.Cancel();
    }

    private Task SendAsync(HttpContext context, CachedReply reply, ReadOutcome outcome)
    {
        telemetry.CountRead(outcome);
        return reply.WriteAsync(context, time.GetElapsedTime(reply.AskedAt));
    }

    // What is not for everybody: a problem is in one reader's language.
    private Task SendAsync(HttpContext context, SharedResult result, ReadOutcome outcome, RequestDelegate next)
    {
        if (result.Body is [] || (result.Body is not null && outcome == ReadOutcome.Asked))
        {
            telemetry.CountRead(outcome);
            return result.WriteAsync(context);
        }
        if (result.IsAway)
        {
            telemetry.CountRead(outcome);
            return Problem.Of(CommonProblems.ServiceUnavailable, retryAfter: TryAgain).ExecuteAsync(context);
        }
        return ForwardAsync(context, next);
    }

    // The edge leaves the time of readers' requests to this class.
    private async Task ForwardAsync(HttpContext context, RequestDelegate next)
    {
        telemetry.CountRead(ReadOutcome.Forwarded);
        var gone = context.RequestAborted;
        // A reply without a body begins when this method has returned.
        var timeout = new CancellationTokenSource(edge.Value.RequestTimeout, time);
        context.Response.RegisterForDispose(timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, timeout.Token);
        // It is for the reply to begin.
        context.Response.OnStarting(
            static state =>
            {
                ((CancellationTokenSource)state).CancelAfter(Timeout.InfiniteTimeSpan);
                return Task.CompletedTask;
            },
            timeout
        );
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = gone;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading {Path} for all who ask failed")]
    private partial void LogFault(Exception exception, string path);

    /// <summary>What a reader gets at once, or the request whose result it waits for.</summary>
    private readonly record struct Turn(CachedReply? Reply, SharedRequest? Asked, ReadOutcome Outcome);
}
