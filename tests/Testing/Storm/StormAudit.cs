using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Testing.Storm;

/// <summary>
/// Compares what a storm's clients know with what lies in the store: acknowledged ⊆ counted ⊆ sent, none twice, all
/// sums equal.
/// </summary>
public static class StormAudit
{
    private const int Told = 10;

    /// <summary>Reads the ledgers while the storm may still blow, and returns what is wrong.</summary>
    public static async Task<IReadOnlyList<string>> ContradictionsAsync(
        this ViewStorm storm,
        IConnectionMultiplexer store
    )
    {
        List<string> found = [.. storm.Surprises.Take(Told)];
        foreach (var site in storm.Views.GroupBy(view => view.Site))
        {
            // In this order: what was acknowledged before the store was read must be in it, and what it holds was sent
            // before.
            var acknowledged = site.Where(view => view.Acknowledged).ToHashSet();
            var ledger = await Ledger.ReadAsync(store, site.Key);
            found.AddRange(ledger.Contradictions().Select(what => $"{site.Key}: {what}"));
            found.AddRange(ByPage(site, acknowledged, ledger).Take(Told));
        }
        return found;
    }

    /// <summary>Fails, with all that is wrong.</summary>
    public static async Task AuditAsync(this ViewStorm storm, IConnectionMultiplexer store)
    {
        var found = await storm.ContradictionsAsync(store);
        if (found.Count > 0)
        {
            throw new InvalidOperationException(string.Join('\n', found));
        }
    }

    /// <summary>Views that the ledgers of the storm's sites hold.</summary>
    public static async Task<long> CountedAsync(this ViewStorm storm, IConnectionMultiplexer store)
    {
        var counted = 0L;
        foreach (var site in storm.Views.Select(view => view.Site).Distinct())
        {
            counted += (await Ledger.ReadAsync(store, site)).Total;
        }
        return counted;
    }

    private static IEnumerable<string> ByPage(
        IGrouping<string, StormView> site,
        HashSet<StormView> acknowledged,
        Ledger ledger
    )
    {
        var pages = site.GroupBy(view => view.Page).ToDictionary(page => page.Key);
        foreach (var (page, views) in pages)
        {
            var counted = ledger.Pages.GetValueOrDefault(page);
            var (least, most) = (views.Count(acknowledged.Contains), views.Count(view => view.Sent));
            if (counted < least || counted > most)
            {
                yield return $"{site.Key} {page}: {least} acknowledged, {counted} counted, {most} sent (first id {views.First().Id})";
            }
        }
        foreach (var unknown in ledger.Pages.Keys.Except(pages.Keys).Where(page => ledger.Pages[page] > 0))
        {
            yield return $"{site.Key} {unknown}: counted, never sent";
        }
    }
}
