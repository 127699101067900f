using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReadStats;

/// <summary>
/// <c>GET stats</c>, <c>GET pages?path=…</c> and <c>POST pages/query</c>: the numbers, from the snapshot in this
/// process.
/// </summary>
internal static class ReadStatsEndpoints
{
    /// <summary>Most paths in a body.</summary>
    public const int MaxInBody = 100;

    private const int MaxInAddress = 20;

    private const int MaxQueryBytes = 256 * 1024;

    public static void MapReadStats(this IEndpointRouteBuilder site)
    {
        const string Pages = "The pages in the order asked for; zeros for one never seen.";
        var page = ApiValue.Text("/tin-tuc?ItemID=42", least: 1);
        site.MapRead("/stats", StatsAsync)
            .Describe("readStats", "Reads online, views and visitors of the site, and the views of one page.")
            .Takes(
                new ApiField(
                    "page",
                    "A path, or the full address of one of the site's pages; as the site names it, at most 512 bytes.",
                    page
                )
            )
            .Answers<StatsReply>("The numbers, all of one moment; `page` when it was asked for and is known.")
            .AnswersTag(Numbers.Tag)
            .Fails(CountingProblems.InvalidPage);
        site.MapRead("/pages", PagesAsync)
            .Describe("readPages", "Reads the views of several pages.")
            .Takes(
                new ApiField(
                    "path",
                    "The pages, each a path or a full address.",
                    ApiValue.List(page, 1, MaxInAddress)
                ).Required()
            )
            .Answers<PagesReply>(Pages)
            .AnswersTag(Numbers.Tag)
            .Fails(CountingProblems.TooManyPaths, CountingProblems.InvalidPage);
        site.MapPost("/pages/query", QueryAsync)
            .Describe("queryPages", "Reads the views of many pages.")
            .Reads(MaxQueryBytes, whenNull: new PagesQuery([]))
            .Answers<PagesReply>(Pages)
            .AnswersTag(Numbers.Tag)
            .Fails(CountingProblems.TooManyPaths, CountingProblems.InvalidPage);
    }

    private static async Task<IResult> StatsAsync(
        HttpContext context,
        PerSite<SiteReader> readers,
        PerSite<StatsReplies> replies
    )
    {
        var (site, request) = (context.Site(), context.Request);
        var (reader, stats) = (readers.Of(site.Id), replies.Of(site.Id));
        if (!request.Query.TryGetValue("page", out var page))
        {
            return Stats(stats, await reader.ReadAsync([]), null);
        }
        if (!TryIdentify(site, request, page, out var paths, out var problem))
        {
            return Problem.Of(problem);
        }

        // With the store away and the page's numbers unknown, the box still has the site's; the page is left out.
        return await reader.ReadAsync([paths[0]]) is { } view
            ? Stats(stats, view, paths[0])
            : Stats(stats, reader.LastOfSite(), null);
    }

    private static Task<IResult> PagesAsync(HttpContext context, PerSite<SiteReader> readers) =>
        AnswerAsync(context, readers, context.Request.Query["path"], MaxInAddress);

    private static Task<IResult> QueryAsync(HttpContext context, PerSite<SiteReader> readers) =>
        AnswerAsync(context, readers, context.Sent<PagesQuery>().Paths ?? [], MaxInBody);

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        PerSite<SiteReader> readers,
        IReadOnlyList<string?> asked,
        int most
    )
    {
        if (asked.Count == 0 || asked.Count > most)
        {
            return Problem.Of(CountingProblems.TooManyPaths, detail: $"{asked.Count} / {most}");
        }

        if (!TryIdentify(context.Site(), context.Request, asked, out var paths, out var problem))
        {
            return Problem.Of(problem);
        }

        if (await readers.Of(context.Site().Id).ReadAsync(paths) is not { } view)
        {
            return StoreFailure.Reply();
        }

        var numbers = view.Snapshot.Site;
        var items = paths.Select((path, i) => PageReply.Of(path, view.Pages[i], numbers)).ToArray();
        var reply = new PagesReply(items, view.Snapshot.AsOf.UtcDateTime, view.Stale);
        return Numbers.Reply(reply, reply with { AsOf = default });
    }

    private static IResult Stats(StatsReplies replies, SiteView? view, string? path) =>
        view is null ? StoreFailure.Reply() : replies.Of(view, path);

    private static bool TryIdentify(
        Site site,
        HttpRequest request,
        IReadOnlyList<string?> asked,
        out string[] paths,
        out ProblemCode problem
    )
    {
        paths = new string[asked.Count];
        problem = CountingProblems.InvalidPage;
        var ownOrigin = WebOrigin.Of(request);
        for (var i = 0; i < paths.Length; i++)
        {
            if (!PageIdentity.TryParse(asked[i] ?? "", site, ownOrigin, out var path, out var fault))
            {
                problem =
                    fault == PageFault.ForeignOrigin ? CommonProblems.ForeignOrigin : CountingProblems.InvalidPage;
                return false;
            }

            paths[i] = path;
        }

        return true;
    }
}
