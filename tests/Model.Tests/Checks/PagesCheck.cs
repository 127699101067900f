using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The pages, asked for by an address and by a body in turns, from the first to the last and back.</summary>
internal static class PagesCheck
{
    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var paths = Page.All.Select(page => page.Path).ToArray();
        var byBody = run.Comparisons % 2 == 0;
        if (byBody)
        {
            Array.Reverse(paths);
        }
        var reply = await run.TryAsync(
            found,
            "pages",
            byBody
                ? () => run.Portal.Door.QueryPagesAsync(run.Site, paths, run.Cancel)
                : () => run.Portal.Door.PagesAsync(run.Site, paths, run.Cancel)
        );
        if (Answers.Take<PageList>(found, "pages", reply) is not { } pages)
        {
            return;
        }
        found.Compare("stale pages", false, pages.Stale);
        found.Compare(
            "order of pages",
            string.Join(' ', paths),
            string.Join(' ', pages.Items.Select(item => item.Path))
        );
        foreach (var item in pages.Items)
        {
            found.Compare("page", new PageViews(item.Path, run.Model.Shown(item.Path)), item);
        }
    }
}
