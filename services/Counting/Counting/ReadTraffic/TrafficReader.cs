using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReadTraffic;

/// <summary>
/// Reads buckets of one site in one command, and gives what it read to all who ask for the same within a second:
/// however many charts are open, the store hears of each once a second.
/// </summary>
internal sealed class TrafficReader(Site site, ViewLedger ledger, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    // Of each at most 2,000 numbers: some megabytes a site, for a second.
    private const int MaxHeld = 64;
    private readonly Lock _gate = new();
    private readonly Dictionary<(TrafficStep Step, long First, int Count), Held> _held = [];

    /// <summary>Counted views and, by day, corrections of the buckets, all as of one commit.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; as are other exceptions of the store.</exception>
    public Task<IReadOnlyList<TrafficItem>> ReadAsync(TrafficStep step, IReadOnlyList<long> buckets)
    {
        if (buckets.Count == 0)
        {
            return Task.FromResult<IReadOnlyList<TrafficItem>>([]);
        }

        // Buckets follow each other without gaps, so the first and their number say which they are.
        var key = (step, buckets[0], buckets.Count);
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (
                _held.TryGetValue(key, out var held)
                && !held.Items.IsFaulted
                && time.GetElapsedTime(held.AskedAt, now) < FreshFor
            )
            {
                return held.Items;
            }

            foreach (var (old, entry) in _held)
            {
                if (time.GetElapsedTime(entry.AskedAt, now) >= FreshFor)
                {
                    _held.Remove(old);
                }
            }

            if (_held.Count >= MaxHeld)
            {
                _held.Clear();
            }

            var items = ReadNowAsync(step, buckets);
            _held[key] = new Held(items, now);
            return items;
        }
    }

    private async Task<IReadOnlyList<TrafficItem>> ReadNowAsync(TrafficStep step, IReadOnlyList<long> buckets)
    {
        var withCorrections = step == TrafficStep.Day;
        var fields = buckets.Select(bucket => CountingKeys.CountedField(step, bucket));
        if (withCorrections)
        {
            fields = fields.Concat(buckets.Select(CountingKeys.CorrectedField));
        }

        var values = await ledger.ReadFieldsAsync(site.Id, [.. fields]);
        return
        [
            .. buckets.Select(
                (bucket, i) =>
                    new TrafficItem(
                        TrafficSpan.At(bucket).UtcDateTime,
                        ViewLedger.Number(values[i]),
                        withCorrections ? ViewLedger.Number(values[buckets.Count + i]) : null
                    )
            ),
        ];
    }

    private sealed record Held(Task<IReadOnlyList<TrafficItem>> Items, long AskedAt);
}

/// <summary>A bucket of traffic.</summary>
/// <param name="Start">When it begins.</param>
/// <param name="Views">Counted views, without baselines and corrections.</param>
/// <param name="Corrections">Views added or taken away by operators; at step <c>day</c> only.</param>
internal sealed record TrafficItem(DateTime Start, long Views, long? Corrections);
