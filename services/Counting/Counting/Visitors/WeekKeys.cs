using System.Text;
using PortalServices.Counting.Storage;

namespace PortalServices.Counting.Visitors;

/// <summary>The visitor keys of one site that this process uses: one a week, asked of the store once.</summary>
internal sealed class WeekKeys(string site, StoreConnection store, VisitorStore visitors, CountingOptions options)
{
    private volatile Held? _held;

    /// <summary>The key of a week.</summary>
    /// <exception cref="StoreUnavailableException">The store is away, and the key is not held.</exception>
    public ValueTask<VisitorKey> OfWeekAsync(long week) =>
        _held is { } held && held.Week == week ? ValueTask.FromResult(held.Key) : FetchAsync(week);

    /// <summary>Two callers at once ask twice and get the same key.</summary>
    private async ValueTask<VisitorKey> FetchAsync(long week)
    {
        await store.ProcessOfAsync(CountingKeys.VisitorKey(site, week));
        var ofWeek = await visitors.KeyOfWeekAsync(site, week);
        var key = new VisitorKey(Encoding.UTF8.GetBytes(options.VisitorSecret), ofWeek);
        // A straggler of the week before does not take the place of the new week's key.
        if (_held is null || _held.Week < week)
        {
            _held = new Held(week, key);
        }

        return key;
    }

    private sealed record Held(long Week, VisitorKey Key);
}
