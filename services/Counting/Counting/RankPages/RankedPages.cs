using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.RankPages;

/// <summary>
/// The pages that may be among the most viewed, out of any number that are offered: memory for a few thousand. To offer
/// a page costs no search and no sort: once it <see cref="IsFull"/>, <see cref="Choose"/> finds those that stay and the
/// <see cref="Keep"/> lets the others go, and from then on a page that is below all that stayed is not taken in. A page
/// that was let go comes back when it is offered again with more views.
/// </summary>
/// <param name="most">Most pages that are asked for of one period.</param>
internal sealed class RankedPages(int most)
{
    private static readonly RankPeriod[] Periods = Enum.GetValues<RankPeriod>();
    private readonly Dictionary<string, PageRecord> _pages = new(StringComparer.Ordinal);
    private Choice? _lastChoice;

    /// <summary>How many pages are here.</summary>
    public int Count => _pages.Count;

    /// <summary>It is time to choose.</summary>
    public bool IsFull => _pages.Count >= 2 * Periods.Length * most;

    /// <summary>
    /// Whether a page with these views may be among the most viewed; its path decides between equal ones.
    /// </summary>
    public bool MayRank(ViewTotals views, long day, long week)
    {
        foreach (var period in Periods)
        {
            // Zero, until there are so many: what was chosen on another day says nothing of this one.
            if (period.Of(views) >= Math.Max(1, _lastChoice?.Floor(period, day, week).Views ?? 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a page's newest record in.</summary>
    public void Offer(string path, PageRecord record, long day, long week)
    {
        if (_pages.ContainsKey(path) || MayRank(path, record.Shown(day, week), day, week))
        {
            _pages[path] = record;
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

    /// <summary>Which of some pages stay: the most viewed of each period.</summary>
    public static Choice Choose(KeyValuePair<string, PageRecord>[] pages, int most, long day, long week)
    {
        var floors = new (long Views, string Path)[Periods.Length];
        var stay = new HashSet<string>(Periods.Length * most, StringComparer.Ordinal);
        foreach (var period in Periods)
        {
            var top = Top(pages, period, most, day, week);
            stay.UnionWith(top.Select(page => page.Path));
            floors[(int)period] = top.Length == most ? top[^1] : default;
        }

        return new Choice(pages, stay, floors, day, week);
    }

    /// <summary>Lets those go that were not chosen, unless they have changed since.</summary>
    public void Keep(Choice choice)
    {
        foreach (var (path, record) in choice.Pages)
        {
            if (!choice.Stay.Contains(path) && _pages.TryGetValue(path, out var now) && ReferenceEquals(now, record))
            {
                _pages.Remove(path);
            }
        }

        _lastChoice = choice with { Pages = [], Stay = new HashSet<string>() };
    }

    /// <summary>
    /// The most viewed of some pages, the most first; equal ones by their path. Pages without a view are none of them.
    /// </summary>
    public static (long Views, string Path)[] Top(
        KeyValuePair<string, PageRecord>[] pages,
        RankPeriod period,
        int limit,
        long day,
        long week
    ) =>
        [
            .. pages
                .Select(page => (Views: period.Of(page.Value.Shown(day, week)), Path: page.Key))
                .Where(page => page.Views > 0)
                .OrderByDescending(page => page.Views)
                .ThenBy(page => page.Path, StringComparer.Ordinal)
                .Take(limit),
        ];

    private bool MayRank(string path, ViewTotals views, long day, long week)
    {
        foreach (var period in Periods)
        {
            var floor = _lastChoice?.Floor(period, day, week) ?? default;
            var own = period.Of(views);
            if (own > floor.Views || (own == floor.Views && own > 0 && string.CompareOrdinal(path, floor.Path) < 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What was chosen.</summary>
    /// <param name="Pages">Out of these.</param>
    /// <param name="Stay">Paths of those that stay.</param>
    /// <param name="Floors">The last one that stays, by period; none where there are fewer than are asked for.</param>
    /// <param name="Day">Bucket name of the day that was today.</param>
    /// <param name="Week">Likewise of the week.</param>
    internal sealed record Choice(
        KeyValuePair<string, PageRecord>[] Pages,
        IReadOnlySet<string> Stay,
        (long Views, string Path)[] Floors,
        long Day,
        long Week
    )
    {
        /// <summary>A page below it is not among the most viewed.</summary>
        public (long Views, string Path) Floor(RankPeriod period, long day, long week) =>
            period == RankPeriod.Total || (period == RankPeriod.Today ? day == Day : week == Week)
                ? Floors[(int)period]
                : default;
    }
}
