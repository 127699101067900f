using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.RankPages;

/// <summary>
/// <c>GET pages/top?period=&amp;limit=</c>: the most viewed pages, with the numbers that every other reply has for
/// them.
/// </summary>
internal static class TopPagesEndpoint
{
    private const int LimitByDefault = 10;

    public static void MapTopPages(this IEndpointRouteBuilder site) =>
        site.MapRead("/pages/top", HandleAsync)
            .Describe("readTopPages", "Reads the most viewed pages of a period.")
            .Takes(
                new("period", "What the pages are ranked by.", ApiValue.OneOf(["today", "week", "total"], "today")),
                new(
                    "limit",
                    "How many pages at most.",
                    ApiValue.WholeNumber(10, 1, PageRanking.MaxPages, LimitByDefault)
                )
            )
            .Answers<TopPagesReply>("The pages with views in the period, the most first; equal ones by path.")
            .AnswersTag(Numbers.Tag)
            .Fails(CountingProblems.InvalidPeriod, CountingProblems.InvalidLimit);

    private static async Task<IResult> HandleAsync(
        string site,
        HttpRequest request,
        PerSite<SiteReader> readers,
        PerSite<PageRanking> rankings
    )
    {
        var name = (string?)request.Query["period"] ?? "today";
        if (RankPeriods.Parse(name) is not { } period)
        {
            return Problem.Of(CountingProblems.InvalidPeriod);
        }

        if (!WrittenValue.TryReadNumber(request.Query["limit"], LimitByDefault, PageRanking.MaxPages, out var limit))
        {
            return Problem.Of(CountingProblems.InvalidLimit, detail: $"1 / {PageRanking.MaxPages}");
        }

        var reader = readers.Of(site);
        // First, so that the ranking knows of what other replicas have committed.
        await reader.ReadAsync([]);
        var paths = await rankings.Of(site).TopAsync(period, limit);
        return await reader.ReadAsync(paths) is { } view ? Reply(name, period, paths, view) : StoreFailure.Reply();
    }

    // In the order of the numbers that are shown, which may be newer than those that chose the pages.
    private static IResult Reply(string name, RankPeriod period, IReadOnlyList<string> paths, SiteView view)
    {
        var items = paths
            .Select((path, i) => PageReply.Of(path, view.Pages[i], view.Snapshot.Site))
            .Where(page => period.Of(page.Views) > 0)
            .OrderByDescending(page => period.Of(page.Views))
            .ThenBy(page => page.Path, StringComparer.Ordinal);
        var reply = new TopPagesReply(name, [.. items], view.Snapshot.AsOf.UtcDateTime, view.Stale);
        return Numbers.Reply(reply, reply with { AsOf = default });
    }
}

/// <summary>The most viewed pages of a period, the most first.</summary>
/// <param name="Period"><c>today</c>, <c>week</c> or <c>total</c>.</param>
/// <param name="Items">The pages; equal ones in the order of their paths.</param>
/// <param name="AsOf">When the numbers were true.</param>
/// <param name="Stale">The store is away, and these are the last numbers known.</param>
internal sealed record TopPagesReply(string Period, IReadOnlyList<PageReply> Items, DateTime AsOf, bool Stale);
