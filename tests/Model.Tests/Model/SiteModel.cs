using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Model;

/// <summary>
/// What a site's numbers must be: lists of all that happened, and sums over them. Nothing here comes from the product,
/// and nothing is kept that could be summed.
/// </summary>
internal sealed class SiteModel
{
    /// <summary>Days of which minutes and hours are kept, before the running one.</summary>
    private const int DaysOfMinutes = 3,
        DaysOfHours = 400;

    /// <summary>
    /// Pages with so few views and none for so many days are folded into the others, once half the places are taken.
    /// </summary>
    private const int SmallViews = 10,
        SilentDays = 30;

    private readonly int _maxPages;
    private readonly List<CountedView> _views = [];
    private readonly List<(string Visitor, DateTimeOffset At)> _seen = [];
    private readonly List<(string Reason, DateOnly Day)> _bots = [];
    private readonly HashSet<string> _pages = [];

    public SiteModel(SiteZone zone, DateTimeOffset start, int maxPages)
    {
        (Zone, Now, _maxPages) = (zone, start, maxPages);
        FirstDay = Today;
        Adjustments = new Adjustments(this);
    }

    /// <summary>The site's clock.</summary>
    public SiteZone Zone { get; }

    /// <summary>The instant of the process' clock.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>The date of the beginning.</summary>
    public DateOnly FirstDay { get; }

    /// <summary>The date of now.</summary>
    public DateOnly Today => Zone.DateOf(Now);

    /// <summary>The week of now, by its first date.</summary>
    public DateOnly ThisWeek => Zone.WeekOf(Now);

    /// <summary>Since when minutes are kept.</summary>
    public DateTimeOffset MinutesKeptSince => Zone.StartOf(Today.AddDays(-DaysOfMinutes));

    /// <summary>Since when hours are kept.</summary>
    public DateTimeOffset HoursKeptSince => Zone.StartOf(Today.AddDays(-DaysOfHours));

    /// <summary>Baselines and corrections.</summary>
    public Adjustments Adjustments { get; }

    /// <summary>Pages that have numbers of their own.</summary>
    public IReadOnlyCollection<string> KnownPages => _pages;

    /// <summary>Stamps of the counted views.</summary>
    public IEnumerable<DateTimeOffset> Stamps => _views.Select(view => view.At);

    /// <summary>A view is counted now: for its page, or past the cap for the others together.</summary>
    public void Count(string page)
    {
        var own = _pages.Contains(page) || _pages.Count < _maxPages;
        if (own)
        {
            _pages.Add(page);
        }
        _views.Add(new CountedView(own ? page : null, Now));
    }

    /// <summary>
    /// A visitor is seen now. A repeated view shows its visitor again, though it does not count again.
    /// </summary>
    public void See(string? visitor)
    {
        if (visitor is not null)
        {
            _seen.Add((visitor, Now));
        }
    }

    /// <summary>A bot asks now.</summary>
    public void CountBot(string reason) => _bots.Add((reason, Today));

    /// <summary>A baseline makes its page known, also past the cap.</summary>
    public void Know(string page) => _pages.Add(page);

    /// <summary>Folds what is to be folded into the others; how many pages that were.</summary>
    public int Fold()
    {
        if (_pages.Count < _maxPages * 0.5)
        {
            return 0;
        }
        var silent = _pages.Where(IsFolded).ToList();
        foreach (var page in silent)
        {
            _pages.Remove(page);
            for (var i = 0; i < _views.Count; i++)
            {
                if (_views[i].Page == page)
                {
                    _views[i] = _views[i] with { Page = null };
                }
            }
        }
        return silent.Count;
    }

    /// <summary>Views shown of the site.</summary>
    public Periods Shown() => Plus(Sum(_views), Adjustments.Of(null));

    /// <summary>Views shown of a page.</summary>
    public Periods Shown(string page) => Plus(Sum(_views.Where(view => view.Page == page)), Adjustments.Of(page));

    /// <summary>Views shown of the site on a day.</summary>
    public long ShownOn(DateOnly day) => _views.Count(view => Zone.DateOf(view.At) == day) + Adjustments.OnDay(day);

    /// <summary>Views counted of a page; null: of those past the cap.</summary>
    public long CountedOf(string? page) => _views.Count(view => view.Page == page);

    /// <summary>Distinct visitors of today, of this week, and of each week together.</summary>
    public (Estimate Today, Estimate Week, Estimate Total) Visitors()
    {
        var shown = Shown();
        var today = Distinct(seen => Zone.DateOf(seen) == Today);
        var week = Distinct(seen => Zone.WeekOf(seen) == ThisWeek);
        var total = WeeksWithViews()
            .Where(closed => closed != ThisWeek)
            .Aggregate(week, (sum, closed) => sum + Distinct(seen => Zone.WeekOf(seen) == closed));
        return (today.AtMost(shown.Today), week.AtMost(shown.Week), total.AtMost(shown.Total));
    }

    /// <summary>
    /// Distinct visitors of the last minutes, the one of now included. Visitors get new names with each week, so
    /// whoever stays over its end may count twice as long as both names are within the window.
    /// </summary>
    public Estimate Online(int minutes)
    {
        var since = SiteZone.MinuteOf(Now).AddMinutes(-minutes);
        var before = Distinct(seen => SiteZone.MinuteOf(seen) > since && Zone.WeekOf(seen) != ThisWeek);
        var now = Distinct(seen => SiteZone.MinuteOf(seen) > since && Zone.WeekOf(seen) == ThisWeek);
        return Distinct(seen => SiteZone.MinuteOf(seen) > since) with { Most = (before + now).Most };
    }

    /// <summary>Counted views by the start of a bucket.</summary>
    /// <param name="bucketOf">The start of the bucket that an instant lies in.</param>
    public Dictionary<DateTimeOffset, long> CountedBy(Func<DateTimeOffset, DateTimeOffset> bucketOf) =>
        _views.GroupBy(view => bucketOf(view.At)).ToDictionary(bucket => bucket.Key, bucket => bucket.LongCount());

    /// <summary>Requests of bots on a day for a reason.</summary>
    public long Bots(DateOnly day, string reason) => _bots.Count(bot => bot == (reason, day));

    private static Periods Plus(Periods one, Periods other) =>
        new(one.Today + other.Today, one.Week + other.Week, one.Total + other.Total);

    private bool IsFolded(string page) =>
        !Adjustments.Touched(page)
        && CountedOf(page) <= SmallViews
        && _views.Where(view => view.Page == page).Max(view => Zone.DateOf(view.At)) < Today.AddDays(-SilentDays);

    private IEnumerable<DateOnly> WeeksWithViews() => _views.Select(view => Zone.WeekOf(view.At)).Distinct();

    private Estimate Distinct(Func<DateTimeOffset, bool> when) =>
        Estimate.Of(_seen.Where(seen => when(seen.At)).Select(seen => seen.Visitor).Distinct().LongCount());

    private Periods Sum(IEnumerable<CountedView> views)
    {
        var list = views.ToList();
        return new Periods(
            list.Count(view => Zone.DateOf(view.At) == Today),
            list.Count(view => Zone.WeekOf(view.At) == ThisWeek),
            list.Count
        );
    }

    private sealed record CountedView(string? Page, DateTimeOffset At);
}
