using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge;

/// <summary>
/// The limit on reading page numbers and traffic, which can cost a read of the store each: a token bucket per client address (IPv6 by /64, since one
/// client has all of it). Addresses are folded onto a fixed number of buckets by a keyed hash, so that memory is bounded however many there
/// are; the price is that two busy addresses share a bucket once in a great while. Counting views and the box have no limit.
/// </summary>
internal sealed class PageReadLimit : IDisposable
{
    const int Buckets = 1 << 16;
    readonly PartitionedRateLimiter<IPAddress>? _limiter;
    readonly EdgeTelemetry _telemetry;
    readonly string _name;

    public PageReadLimit(IOptions<EdgeOptions> options, EdgeTelemetry telemetry)
    {
        var (rate, burst) = (options.Value.PageReadsPerSecond, options.Value.PageReadsBurst);
        _telemetry = telemetry;
        _name = string.Create(CultureInfo.InvariantCulture, $"pageReadsPerAddress: {rate}/s");
        if (rate == 0)
            return;
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = rate,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = true,
        };
        _limiter = PartitionedRateLimiter.Create<IPAddress, int>(address => RateLimitPartition.GetTokenBucketLimiter(BucketOf(address), _ => bucket));
    }

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (_limiter is null || !IsLimited(context) || context.Connection.RemoteIpAddress is not { } address)
            return next(context);
        using var lease = _limiter.AttemptAcquire(address);
        if (lease.IsAcquired)
            return next(context);
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
        return _telemetry.RefuseAsync(context, EdgeProblems.RateLimited, _name, wait);
    }

    public void Dispose() => _limiter?.Dispose();

    static bool IsLimited(HttpContext context) =>
        context.Door() is Door.Public
        && SitePath.TryParse(context.Request.Path, out var path)
        && !path.IsOperator
        && (path.Rest.StartsWithSegments("/pages") || path.Rest.StartsWithSegments("/traffic"));

    static int BucketOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        // HashCode is seeded at random per process: nobody outside can choose whom to share a bucket with.
        var hash = default(HashCode);
        hash.AddBytes(address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes[..length]);
        return hash.ToHashCode() & (Buckets - 1);
    }
}
