using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.RateLimiting;

namespace PortalServices.Edge.Limits;

/// <summary>
/// A limit that names itself: a token bucket for each of those whom it parts. They are folded onto a fixed number of
/// buckets by a keyed hash, so that memory is bounded however many there are; the price is that two busy ones share a
/// bucket once in a great while.
/// </summary>
internal sealed class RateLimit : IDisposable
{
    private const int Buckets = 1 << 16;
    private readonly PartitionedRateLimiter<int>? _limiter;

    /// <param name="name">What is limited, for the reply.</param>
    /// <param name="count">How often it may be done in a period, on and on; 0 is no limit.</param>
    /// <param name="period">A second, or a minute.</param>
    /// <param name="burst">How often at once after a rest.</param>
    public RateLimit(string name, int count, TimeSpan period, int burst)
    {
        Name = string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {count}/{(period == TimeSpan.FromMinutes(1) ? "min" : "s")}"
        );
        if (count == 0)
        {
            return;
        }
        // The timer of the limiter beats ten times a second: what comes back more often comes back by several.
        var ofBeat = Math.Max(1, (int)(count * TimeSpan.FromMilliseconds(100) / period));
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = ofBeat,
            ReplenishmentPeriod = period * ofBeat / count,
            AutoReplenishment = true,
        };
        _limiter = PartitionedRateLimiter.Create<int, int>(key =>
            RateLimitPartition.GetTokenBucketLimiter(Bucket(key), _ => bucket)
        );
    }

    /// <summary>With its number.</summary>
    public string Name { get; }

    /// <summary>Takes a token; when there is none, says how long until there is.</summary>
    public TimeSpan? WaitFor(int key)
    {
        if (_limiter is null)
        {
            return null;
        }
        using var lease = _limiter.AttemptAcquire(key);
        return lease.IsAcquired ? null
            : lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter
            : TimeSpan.FromSeconds(1);
    }

    /// <summary>Whether there is a token, without taking it.</summary>
    public bool HasAny(int key) => _limiter?.GetStatistics(key)?.CurrentAvailablePermits is not <= 0;

    public void Dispose() => _limiter?.Dispose();

    public static int Bucket(int key) => key & (Buckets - 1);

    /// <summary>A client address: IPv6 by /64, since one client has all of it.</summary>
    public static int OfAddress(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        // HashCode is seeded at random per process: nobody outside can choose whom to share a bucket with.
        var hash = default(HashCode);
        hash.AddBytes(address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes[..length]);
        return hash.ToHashCode();
    }

    /// <summary>A browser at an address: the best that parts the people of an office who share one.</summary>
    public static int OfClient(IPAddress address, HttpRequest request)
    {
        var hash = default(HashCode);
        hash.Add(OfAddress(address));
        hash.AddBytes(Encoding.UTF8.GetBytes(request.Headers.UserAgent.ToString()));
        return hash.ToHashCode();
    }
}
