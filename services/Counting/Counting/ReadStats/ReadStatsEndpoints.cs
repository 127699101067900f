using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Pages;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Storage;
using PortalServices.ServiceDefaults;

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

    /// <summary>The entity tag of numbers.</summary>
    public static readonly ApiField Tag = new(
        "ETag",
        "Covers all numbers but not the instant they were taken at.",
        ApiValue.Text("W/\"5f0c8e9a4b570190d5f25c1e7a33b1d2\"")
    );

    private const int MaxQueryBytes = 256 * 1024;

    public static void MapReadStats(this IEndpointRouteBuilder site)
    {
        const string Pages = "The pages in the order asked for; zeros for one never seen.";
        var page = ApiValue.Text("/tin-tuc?ItemID=42", least: 1);
        site.MapRead("/stats", StatsAsync)
            .Describe("readStats", "Reads online, views and visitors of the site, and the views of one page.")
            .Takes(new ApiField("page", "A path, or the full address of one of the site's pages.", page))
            .Answers<StatsReply>("The numbers, all of one moment; `page` when it was asked for and is known.")
            .AnswersTag(Tag)
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
            .AnswersTag(Tag)
            .Fails(CountingProblems.TooManyPaths, CountingProblems.InvalidPage);
        site.MapPost("/pages/query", QueryAsync)
            .Describe("queryPages", "Reads the views of many pages.")
            .TakesBody<PagesQuery>()
            .Answers<PagesReply>(Pages)
            .AnswersTag(Tag)
            .Fails(CountingProblems.TooManyPaths, CountingProblems.InvalidPage);
    }

    private static async Task<IResult> StatsAsync(string site, HttpRequest request, CountedSites sites)
    {
        if (!sites.TryGet(site, out var counted))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        if (!request.Query.TryGetValue("page", out var page))
        {
            return Stats(counted, await counted.Reader.ReadAsync([]), null);
        }

        if (!TryIdentify(counted.Site, request, page, out var paths, out var problem))
        {
            return Problem.Of(problem);
        }

        // With the store away and the page's numbers unknown, the box still has the site's; the page is left out.
        return await counted.Reader.ReadAsync([paths[0]]) is { } view
            ? Stats(counted, view, paths[0])
            : Stats(counted, counted.Reader.LastOfSite(), null);
    }

    private static Task<IResult> PagesAsync(string site, HttpRequest request, CountedSites sites) =>
        sites.TryGet(site, out var counted)
            ? AnswerAsync(counted, request, request.Query["path"], MaxInAddress)
            : Task.FromResult(Problem.Of(CommonProblems.UnknownSite));

    private static async Task<IResult> QueryAsync(string site, HttpRequest request, CountedSites sites)
    {
        if (!sites.TryGet(site, out var counted))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        var (body, tooLarge) = await RequestBytes.ReadAsync(request, MaxQueryBytes);
        if (tooLarge)
        {
            return Problem.Of(CommonProblems.BodyTooLarge);
        }

        if (!RequestBytes.IsUtf8(request.ContentType, "application/json"))
        {
            return Problem.Of(CommonProblems.UnsupportedMediaType);
        }

        try
        {
            var query = JsonSerializer.Deserialize(body.Span, CountingJson.Readable.PagesQuery);
            return await AnswerAsync(counted, request, query?.Paths ?? [], MaxInBody);
        }
        catch (JsonException)
        {
            return Problem.Of(CommonProblems.InvalidJson);
        }
    }

    private static async Task<IResult> AnswerAsync(
        CountedSite counted,
        HttpRequest request,
        IReadOnlyList<string?> asked,
        int most
    )
    {
        if (asked.Count == 0 || asked.Count > most)
        {
            return Problem.Of(CountingProblems.TooManyPaths, detail: $"{asked.Count} / {most}");
        }

        if (!TryIdentify(counted.Site, request, asked, out var paths, out var problem))
        {
            return Problem.Of(problem);
        }

        if (await counted.Reader.ReadAsync(paths) is not { } view)
        {
            return StoreFailure.Reply();
        }

        var numbers = view.Snapshot.Site;
        var items = paths.Select((path, i) => PageReply.Of(path, view.Pages[i], numbers)).ToArray();
        var reply = new PagesReply(items, view.Snapshot.AsOf.UtcDateTime, view.Stale);
        return new NumbersResult<PagesReply>(reply, reply with { AsOf = default }, CountingJson.Readable.PagesReply);
    }

    private static IResult Stats(CountedSite counted, SiteView? view, string? path)
    {
        if (view is null)
        {
            return StoreFailure.Reply();
        }

        var reply = StatsReply.Of(counted.Site, view, path);
        return new NumbersResult<StatsReply>(reply, reply with { AsOf = default }, CountingJson.Readable.StatsReply);
    }

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
