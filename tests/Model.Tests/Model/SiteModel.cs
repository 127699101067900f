using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Model;

/// <summary>
/// What a site's numbers must be: lists of all that happened, and sums over them. Nothing here comes from the product, and nothing is kept
/// that could be summed.
/// </summary>
internal sealed class SiteModel(SiteZone zone, DateTimeOffset start, int mostPages)
{
    private readonly List<CountedView> _views = [];
    private readonly List<(string Visitor, DateTimeOffset At)> _seen = [];
    private readonly List<(string Reason, DateOnly Day)> _bots = [];
    private readonly HashSet<string> _pages = [];

    /// <summary>The site's clock.</summary>
    public SiteZone Zone => zone;

    /// <summary>The instant of the process' clock.</summary>
    public DateTimeOffset Now { get; set; } = start;

    /// <summary>The date of now.</summary>
    public DateOnly Today => zone.DateOf(Now);

    /// <summary>The week of now, by its first date.</summary>
    public DateOnly ThisWeek => zone.WeekOf(Now);

    /// <summary>Pages that have numbers of their own.</summary>
    public IReadOnlyCollection<string> KnownPages => _pages;

    /// <summary>Stamps of the counted views.</summary>
    public IEnumerable<DateTimeOffset> Stamps => _views.Select(view => view.At);

    /// <summary>Whether a view of a page counts on its own; past the cap those of unknown pages do not.</summary>
    public bool CountsOnItsOwn(string page) => _pages.Contains(page) || _pages.Count < mostPages;

    /// <summary>A view is counted now.</summary>
    public void Count(string page)
    {
        var own = CountsOnItsOwn(page);
        if (own)
            _pages.Add(page);
        _views.Add(new CountedView(own ? page : null, Now));
    }

    /// <summary>A visitor is seen now. A repeated view shows its visitor again, though it does not count again.</summary>
    public void See(string? visitor)
    {
        if (visitor is not null)
            _seen.Add((visitor, Now));
    }

    /// <summary>A bot asks now.</summary>
    public void CountBot(string reason) => _bots.Add((reason, Today));

    /// <summary>Views shown of the site.</summary>
    public Periods Shown() => Sum(_views);

    /// <summary>Views shown of a page.</summary>
    public Periods Shown(string page) => Sum(_views.Where(view => view.Page == page));

    /// <summary>Views counted of a page.</summary>
    public long CountedOf(string page) => _views.Count(view => view.Page == page);

    /// <summary>Views counted of pages past the cap.</summary>
    public long Other() => _views.Count(view => view.Page is null);

    /// <summary>Distinct visitors of today, of this week, and of each week together.</summary>
    public (Estimate Today, Estimate Week, Estimate Total) Visitors()
    {
        var shown = Shown();
        var today = Distinct(seen => zone.DateOf(seen) == Today);
        var week = Distinct(seen => zone.WeekOf(seen) == ThisWeek);
        var total = WeeksWithViews().Where(closed => closed != ThisWeek)
            .Aggregate(week, (sum, closed) => sum + Distinct(seen => zone.WeekOf(seen) == closed));
        return (today.AtMost(shown.Today), week.AtMost(shown.Week), total.AtMost(shown.Total));
    }

    /// <summary>
    /// Distinct visitors of the last minutes, the one of now included. Visitors get new names with each week, so whoever stays over its end may
    /// count twice as long as both names are within the window.
    /// </summary>
    public Estimate Online(int minutes)
    {
        var since = SiteZone.MinuteOf(Now).AddMinutes(-minutes);
        var before = Distinct(seen => SiteZone.MinuteOf(seen) > since && zone.WeekOf(seen) != ThisWeek);
        var now = Distinct(seen => SiteZone.MinuteOf(seen) > since && zone.WeekOf(seen) == ThisWeek);
        return Distinct(seen => SiteZone.MinuteOf(seen) > since) with { Most = (before + now).Most };
    }

    /// <summary>Counted views by the start of a bucket.</summary>
    /// <param name="bucketOf">The start of the bucket that an instant lies in.</param>
    public Dictionary<DateTimeOffset, long> CountedBy(Func<DateTimeOffset, DateTimeOffset> bucketOf) =>
        _views.GroupBy(view => bucketOf(view.At)).ToDictionary(bucket => bucket.Key, bucket => bucket.LongCount());

    /// <summary>Requests of bots by day and reason.</summary>
    public Dictionary<(DateOnly Day, string Reason), long> Bots() =>
        _bots.GroupBy(bot => (bot.Day, bot.Reason)).ToDictionary(bots => bots.Key, bots => bots.LongCount());

    private IEnumerable<DateOnly> WeeksWithViews() => _views.Select(view => zone.WeekOf(view.At)).Distinct();

    private Estimate Distinct(Func<DateTimeOffset, bool> when) =>
        Estimate.Of(_seen.Where(seen => when(seen.At)).Select(seen => seen.Visitor).Distinct().LongCount());

    private Periods Sum(IEnumerable<CountedView> views)
    {
        var list = views.ToList();
        return new Periods(
            list.Count(view => zone.DateOf(view.At) == Today), list.Count(view => zone.WeekOf(view.At) == ThisWeek), list.Count);
    }

    private sealed record CountedView(string? Page, DateTimeOffset At);
}
