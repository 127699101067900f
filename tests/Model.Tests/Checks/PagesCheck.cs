using System.Net;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The pages, asked for in both ways.</summary>
internal static class PagesCheck
{
    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var paths = Page.All.Select(page => page.Path).ToArray();
        var replies = await Task.WhenAll(
            run.Portal.Door.PagesAsync(run.Site, paths, run.Cancel), run.Portal.Door.QueryPagesAsync(run.Site, paths.Reverse(), run.Cancel));
        foreach (var (reply, asked) in replies.Zip([paths, [.. paths.Reverse()]]))
        {
            found.Compare("pages", HttpStatusCode.OK, reply.Status);
            if (reply.Status != HttpStatusCode.OK)
                continue;
            var pages = reply.Pages;
            found.Compare("stale pages", false, pages.Stale);
            found.Compare("order of pages", string.Join(' ', asked), string.Join(' ', pages.Items.Select(item => item.Path)));
            foreach (var item in pages.Items)
                found.Compare("page", new PageViews(item.Path, run.Model.Shown(item.Path)), item);
        }
    }
}
