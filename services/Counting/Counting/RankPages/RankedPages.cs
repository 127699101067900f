using PortalServices.Counting.Storage;

namespace PortalServices.Counting.RankPages;

/// <summary>
/// The pages that may be among the most viewed, out of any number that are offered: memory for a few thousand. A page that was let go comes back
/// when it is offered again, as every page is that is viewed.
/// </summary>
/// <param name="most">Most pages that are asked for of one period.</param>
internal sealed class RankedPages(int most)
{
    private static readonly RankPeriod[] Periods = Enum.GetValues<RankPeriod>();
    private readonly Dictionary<string, PageRecord> _pages = new(StringComparer.Ordinal);

    /// <summary>Takes a page's newest record in.</summary>
    public void Offer(string path, PageRecord record, long day, long week)
    {
        _pages[path] = record;
        // So rarely that a sort costs next to nothing per page.
        if (_pages.Count >= 2 * Periods.Length * most)
        {
            var all = All();
            var kept = Periods.SelectMany(period => Top(all, period, most, day, week)).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _pages.Keys.Where(page => !kept.Contains(page)).ToArray())
            {
                _pages.Remove(gone);
            }
        }
    }

    /// <summary>Takes a page in unless a record of it is here.</summary>
    public void OfferMissing(string path, PageRecord record, long day, long week)
    {
        if (!_pages.ContainsKey(path))
        {
            Offer(path, record, day, week);
        }
    }

    /// <summary>The pages as they are now, to be ranked without holding anybody up.</summary>
    public KeyValuePair<string, PageRecord>[] All() => [.. _pages];

    /// <summary>The most viewed of some pages, the most first; equal ones by their path. Pages without a view are none of them.</summary>
    public static IReadOnlyList<string> Top(KeyValuePair<string, PageRecord>[] pages, RankPeriod period, int limit, long day, long week) =>
    [
        .. pages.Select(page => (page.Key, Views: period.Of(page.Value.Shown(day, week))))
            .Where(page => page.Views > 0)
            .OrderByDescending(page => page.Views).ThenBy(page => page.Key, StringComparer.Ordinal)
            .Take(limit).Select(page => page.Key),
    ];
}
