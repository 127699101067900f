using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The box: views, visitors, online, with a page and without.</summary>
internal static class BoxCheck
{
    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var page = Page.At(run.Comparisons);
        await Task.WhenAll(
            CompareAsync(run, found, "stats", null),
            CompareAsync(run, found, $"stats?page={Uri.EscapeDataString(page.SpeltAs(run.Comparisons))}", page)
        );
    }

    private static async Task CompareAsync(SiteRun run, Differences found, string path, Page? page)
    {
        if (await run.ReadAsync<Stats>(found, path) is not { } stats)
        {
            return;
        }
        var model = run.Model;
        found.Compare("site", run.Site, stats.Site);
        found.Compare("stale", false, stats.Stale);
        found.Compare("views", model.Shown(), stats.Views);
        found.Compare("page", page is null ? null : new PageViews(page.Path, model.Shown(page.Path)), stats.Page);

        var (today, week, total) = model.Visitors();
        found.Expect(today.Holds(stats.Visitors.Today), $"visitors today: {stats.Visitors.Today} instead of {today}");
        found.Expect(week.Holds(stats.Visitors.Week), $"visitors this week: {stats.Visitors.Week} instead of {week}");
        found.Expect(total.Holds(stats.Visitors.Total), $"visitors in all: {stats.Visitors.Total} instead of {total}");
        found.Compare("online window", ClockedPortal.OnlineWindowMinutes, stats.OnlineWindowMinutes);
        var online = model.Online(stats.OnlineWindowMinutes);
        found.Expect(online.Holds(stats.Online), $"online: {stats.Online} instead of {online}");
    }
}
