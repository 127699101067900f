using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;

namespace PortalServices.Edge.Limits;

/// <summary>
/// Reading by receipt. Whoever has a receipt is answered, however many behind the same address guess: only a question
/// that finds nothing takes a share, and once there is none left, 429 takes the place of 404. Each question is put to
/// the service, so neither the reply nor its time tells a guess from another. What that costs is bounded by how many an
/// address has answered at the same time; a receipt has 60 random bits, so that no rate of guesses finds one.
/// </summary>
internal sealed class ReceiptReads(EdgeOptions options, EdgeTelemetry telemetry) : IDisposable
{
    /// <summary>Questions of one address that wait for their turn; a look-up takes about a millisecond.</summary>
    private const int Waiting = 256;

    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly ClientLimit _misses = new("receiptMisses", options.ReceiptMissesPerMinute, options);

    private readonly PartitionedRateLimiter<int> _turns = PartitionedRateLimiter.Create<int, int>(key =>
        RateLimitPartition.GetConcurrencyLimiter(
            RateLimit.Bucket(key),
            _ => new ConcurrencyLimiterOptions { PermitLimit = options.ReceiptReadsAtOnce, QueueLimit = Waiting }
        )
    );

    private readonly string _nameOfTurns = string.Create(
        CultureInfo.InvariantCulture,
        $"receiptReadsAtOncePerAddress: {options.ReceiptReadsAtOnce}"
    );

    public async Task RunAsync(HttpContext context, RequestDelegate next, IPAddress address)
    {
        using var reply = new MemoryStream();
        using (var turn = await _turns.AcquireAsync(RateLimit.OfAddress(address), 1, context.RequestAborted))
        {
            if (!turn.IsAcquired)
            {
                await telemetry.RefuseAsync(context, EdgeProblems.RateLimited, _nameOfTurns, TryAgain);
                return;
            }

            await RunIntoAsync(reply, context, next);
        }

        if (
            context.Response.StatusCode == StatusCodes.Status404NotFound
            && _misses.Take(address, context.Request) is var (limit, wait)
        )
        {
            context.Response.Headers.Clear();
            await telemetry.RefuseAsync(context, EdgeProblems.RateLimited, limit.Name, wait);
        }
        else if (reply.Length > 0)
        {
            await context.Response.Body.WriteAsync(
                reply.GetBuffer().AsMemory(0, (int)reply.Length),
                context.RequestAborted
            );
        }
    }

    public void Dispose()
    {
        _misses.Dispose();
        _turns.Dispose();
    }

    // The reply is withheld until its status is known. It is of the size of an answer to feedback.
    private static async Task RunIntoAsync(MemoryStream reply, HttpContext context, RequestDelegate next)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var withheld = new StreamResponseBodyFeature(reply, body);
        context.Features.Set<IHttpResponseBodyFeature>(withheld);
        try
        {
            await next(context);
            await withheld.CompleteAsync();
        }
        finally
        {
            context.Features.Set(body);
        }
    }
}
