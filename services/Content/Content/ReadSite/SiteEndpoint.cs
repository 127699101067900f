using PortalServices.ApiDocuments;

namespace PortalServices.Content.ReadSite;

/// <summary><c>GET /api/sites/{site}</c>: what the site file says that a portal shows.</summary>
internal static class SiteEndpoint
{
    // Whole, since a group's prefix and nothing would be a path that ends with a slash.
    public static void MapSite(this IEndpointRouteBuilder routes) =>
        routes
            .MapRead("/api/sites/{site}", Read)
            .Describe("readSite", "Reads what a portal needs to know of a site.")
            .Answers<SiteReply>("The site.")
            .AnswersTag();

    private static IResult Read(HttpContext context)
    {
        var site = context.Site();
        return ETagResult.Json(
            new SiteReply(
                site.Id,
                site.Name,
                site.Language,
                site.PublicStatistics,
                site.LoadTest,
                [.. site.FeedbackCategories.Select(each => new FeedbackHeading(each.Id, each.Name, each.NameEn))]
            )
        );
    }
}

/// <summary>A site.</summary>
/// <param name="Id">Names it in addresses.</param>
/// <param name="Name">For people.</param>
/// <param name="Language"><c>vi</c> or <c>en</c>: for those who ask for neither.</param>
/// <param name="PublicStatistics">Whether the portal shows a page of statistics.</param>
/// <param name="LoadTest">Whether the site is there for load tests.</param>
/// <param name="FeedbackCategories">What feedback can be sent under, in this order.</param>
internal sealed record SiteReply(
    string Id,
    string Name,
    string Language,
    bool PublicStatistics,
    bool LoadTest,
    IReadOnlyList<FeedbackHeading> FeedbackCategories
);

/// <summary>A heading of feedback.</summary>
/// <param name="Id">To be sent as <c>category</c>.</param>
/// <param name="Name">In Vietnamese.</param>
/// <param name="NameEn">In English; left out where it is the same.</param>
internal sealed record FeedbackHeading(string Id, string Name, string? NameEn);
