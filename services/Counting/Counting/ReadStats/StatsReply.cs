using System.ComponentModel.DataAnnotations;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.ReadStats;

/// <summary>The numbers of the visitor box, from one snapshot.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="Online">Distinct visitors of the last <c>onlineWindowMinutes</c>.</param>
/// <param name="OnlineWindowMinutes">The window, a setting of the site.</param>
/// <param name="Views">Page views of the site.</param>
/// <param name="Visitors">Distinct visitors of the site, estimated.</param>
/// <param name="Page">The page asked for.</param>
/// <param name="AsOf">When the numbers were true.</param>
/// <param name="Stale">The store is away, and these are the last numbers known.</param>
/// <param name="StoreLoss">The store lost views that had been counted, and no operator has acknowledged that yet: the
/// numbers may be too small.</param>
internal sealed record StatsReply(
    string Site,
    long Online,
    int OnlineWindowMinutes,
    ViewTotals Views,
    ViewTotals Visitors,
    PageReply? Page,
    DateTime AsOf,
    bool Stale,
    bool StoreLoss
)
{
    public static StatsReply Of(Site site, SiteView view, string? path)
    {
        var (numbers, counts) = (view.Snapshot.Site, view.Snapshot.Visitors);
        var views = numbers.Shown;
        // An estimate may exceed what it is a part of by its error; what is shown never does.
        var today = Math.Min(counts.Today, views.Today);
        var week = Math.Clamp(Math.Max(counts.ThisWeek, today), 0, views.Week);
        var total = Math.Clamp(Math.Max(numbers.FrozenVisitors + counts.OpenWeeks, week), 0, views.Total);
        return new StatsReply(
            site.Id,
            counts.Online,
            site.OnlineWindowMinutes,
            views,
            new ViewTotals(today, week, total),
            path is null ? null : PageReply.Of(path, view.Pages[0], numbers),
            view.Snapshot.AsOf.UtcDateTime,
            view.Stale,
            numbers.StoreLoss
        );
    }
}

/// <summary>A page and its views.</summary>
internal sealed record PageReply(string Path, ViewTotals Views)
{
    public static PageReply Of(string path, PageRecord record, SiteNumbers numbers) =>
        new(path, record.Shown(numbers.Day, numbers.Week));
}

/// <summary>Pages in the order asked for.</summary>
internal sealed record PagesReply(IReadOnlyList<PageReply> Items, DateTime AsOf, bool Stale);

/// <summary>The body of <c>POST …/pages/query</c>.</summary>
/// <param name="Paths">The pages, each a path or a full address.</param>
internal sealed record PagesQuery(
    [Required, Items(1, ReadStatsEndpoints.MaxInBody), MinLength(1), Example("/tin-tuc?ItemID=42")]
        IReadOnlyList<string?>? Paths
);
