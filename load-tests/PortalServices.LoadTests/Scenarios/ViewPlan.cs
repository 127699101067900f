using PortalServices.LoadTests.History;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>Which view each number of a run is.</summary>
/// <param name="Run">The run.</param>
/// <param name="Sites">The sites that the views go to, in turn.</param>
/// <param name="SharedPages">Pages of a site that many views share, by Zipf's law.</param>
/// <param name="OwnEvery">Every so many views of a site one has a page of its own.</param>
/// <param name="OwnPages">Pages of their own at the most, for each site.</param>
/// <param name="Visitors">Browsers that come again and again.</param>
/// <param name="Repeats">The share of acknowledged views that are sent once more.</param>
internal sealed record ViewPlan(
    string Run,
    IReadOnlyList<string> Sites,
    int SharedPages,
    int OwnEvery,
    int OwnPages,
    int Visitors,
    double Repeats
)
{
    private readonly Zipf _zipf = new(SharedPages);

    /// <summary>At most this share of the page cap are pages of their own.</summary>
    public const int ShareOfCap = 4;

    private const int LeastEvery = 4;

    /// <summary>
    /// The rarest sample that stays below a quarter of the cap, and never more than every fourth view: the others meet
    /// on shared pages, which is where counting is hardest.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="sites">The sites.</param>
    /// <param name="sharedPages">Shared pages of each.</param>
    /// <param name="expected">How many views the run may send.</param>
    /// <param name="pageCap">Pages that a site counts on their own.</param>
    /// <param name="visitors">Browsers.</param>
    /// <param name="repeats">The share of repeats.</param>
    public static ViewPlan For(
        string run,
        IReadOnlyList<string> sites,
        int sharedPages,
        long expected,
        int pageCap,
        int visitors,
        double repeats
    )
    {
        var own = Math.Max(1, pageCap / ShareOfCap - sharedPages);
        var every = Math.Max(LeastEvery, (int)Math.Ceiling(expected / (double)sites.Count / own));
        return new ViewPlan(run, sites, sharedPages, every, own, visitors, repeats);
    }

    /// <summary>The id of a view, which its site and page follow from.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="chance">A fraction from 0 to 1 that follows from the number.</param>
    public ViewId At(long sequence, double chance)
    {
        var (turn, site) = Math.DivRem(sequence, Sites.Count);
        var hasOwn = turn % OwnEvery == 0 && turn / OwnEvery < OwnPages;
        return new ViewId(Run, (int)site, hasOwn ? null : _zipf.At(chance), sequence);
    }
}
