using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The most viewed pages of the three periods, in their order.</summary>
internal static class TopCheck
{
    public static Task CompareAsync(SiteRun run, Differences found) =>
        Task.WhenAll(
            CompareAsync(run, found, "today", views => views.Today),
            CompareAsync(run, found, "week", views => views.Week),
            CompareAsync(run, found, "total", views => views.Total)
        );

    private static async Task CompareAsync(SiteRun run, Differences found, string period, Func<Periods, long> of)
    {
        var limit = 1 + (run.Comparisons % Page.All.Count);
        if (await run.ReadAsync<Top>(found, $"pages/top?period={period}&limit={limit}") is not { } top)
        {
            return;
        }
        var expected = run
            .Model.KnownPages.Select(path => new PageViews(path, run.Model.Shown(path)))
            .Where(page => of(page.Views) > 0)
            .OrderByDescending(page => of(page.Views))
            .ThenBy(page => page.Path, StringComparer.Ordinal)
            .Take(limit);
        found.Compare("period", period, top.Period);
        found.Compare("stale ranking", false, top.Stale);
        found.Compare($"top {limit} of {period}", string.Join(", ", expected), string.Join(", ", top.Items));
    }

    private sealed record Top(string Period, IReadOnlyList<PageViews> Items, bool Stale);
}
