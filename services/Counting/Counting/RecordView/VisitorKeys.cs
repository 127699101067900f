using System.Net;
using System.Text;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// Names the visitors of one site by the keys of their week and day, each of which this process asks of the store once.
/// </summary>
internal sealed class VisitorKeys(Site site, StoreConnection store, VisitorStore visitors, CountingOptions options)
{
    private readonly NewestKeys _weeks = new(1);
    private readonly NewestKeys _days = new(2);

    /// <summary>The names of whoever comes from an address with a user agent, for a view of a minute.</summary>
    /// <exception cref="StoreUnavailableException">The store is away, and a key is not held.</exception>
    public async ValueTask<VisitorNames> NameAsync(TimeBuckets buckets, IPAddress address, string userAgent)
    {
        var week = await OfWeekAsync(buckets.Week);
        var online = await OfDayAsync(OnlineDay.Of(buckets.Minute), buckets.Minute);
        var before = IsNamedTwice(buckets) ? await OfDayAsync(OnlineDay.Before(buckets.Minute), buckets.Minute) : null;
        return Name(week, online, before, address, userAgent);
    }

    /// <summary>The same where all keys are held; else null.</summary>
    public VisitorNames? TryName(TimeBuckets buckets, IPAddress address, string userAgent)
    {
        var (week, online) = (Held(_weeks, buckets.Week), Held(_days, OnlineDay.Of(buckets.Minute)));
        var isTwice = IsNamedTwice(buckets);
        var before = isTwice ? Held(_days, OnlineDay.Before(buckets.Minute)) : null;
        return week is null || online is null || (isTwice && before is null)
            ? null
            : Name(week, online, before, address, userAgent);
    }

    private bool IsNamedTwice(TimeBuckets buckets) => OnlineDay.IsKeptTwice(buckets.Minute, site.OnlineWindowMinutes);

    private static VisitorKey? Held(NewestKeys keys, long period) =>
        keys.Find(period) is { IsCompletedSuccessfully: true } key ? key.GetAwaiter().GetResult() : null;

    private VisitorNames Name(
        VisitorKey week,
        VisitorKey online,
        VisitorKey? before,
        IPAddress address,
        string userAgent
    )
    {
        return new VisitorNames(NameBy(week), NameBy(online), before is null ? null : NameBy(before));

        UInt128 NameBy(VisitorKey key) => key.NameOf(site.Id, address, userAgent);
    }

    private Task<VisitorKey> OfWeekAsync(long week) =>
        _weeks.Find(week) ?? _weeks.Ask(week, () => FetchWeekAsync(week));

    private Task<VisitorKey> OfDayAsync(long day, long minute) =>
        _days.Find(day) ?? _days.Ask(day, () => FetchDayAsync(day, minute));

    private async Task<VisitorKey> FetchWeekAsync(long week)
    {
        await store.ProcessOfAsync(CountingKeys.VisitorKey(site.Id, week));
        return Make(await visitors.KeyOfWeekAsync(site.Id, week));
    }

    private async Task<VisitorKey> FetchDayAsync(long day, long minute)
    {
        await store.ProcessOfAsync(CountingKeys.OnlineKey(site.Id, day));
        return Make(await visitors.KeyOfDayAsync(site.Id, day, OnlineDay.KeyLife(day, minute)));
    }

    private VisitorKey Make(byte[] key) => new(Encoding.UTF8.GetBytes(options.VisitorSecret), key);
}
