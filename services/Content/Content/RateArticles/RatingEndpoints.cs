using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;

namespace PortalServices.Content.RateArticles;

/// <summary><c>POST articles/{slug}/rating</c>: whether an article was helpful.</summary>
internal static class RatingEndpoints
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromHours(1);

    public static void MapRating(this IEndpointRouteBuilder site) =>
        site.MapPost("/articles/{slug}/rating", RateAsync)
            .Describe(
                "rateArticle",
                "Rates a published article, once a visitor and day.",
                "A visitor is an address and a user agent. Another rating of the same visitor on the same day, by the site's clock, takes the place of the first; "
                    + "words that were sent before stay unless others are sent."
            )
            .Takes(ArticleEndpoints.OfSlug)
            .TakesBody<RatingInput>()
            .Answers<RatingReply>("It is counted.")
            .Fails(CommonProblems.InvalidFields, ContentProblems.UnknownArticle, ContentProblems.RatingsFull);

    private static async Task<IResult> RateAsync(
        string slug,
        HttpContext context,
        ArticleQueries queries,
        ArticleRatings ratings
    )
    {
        var (site, cancel) = (context.Site(), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        var (input, problem) = await ContentFields.ReadAsync<RatingInput>(
            context,
            RatingInput.MaxBytes,
            sent => sent.Problem(context)
        );
        if (input is null)
        {
            return problem!;
        }
        if (await queries.FindAsync(site.Id, slug, cancel) is not var (article, _))
        {
            return Problem.Of(ContentProblems.UnknownArticle);
        }
        return await ratings.RateAsync(site, article.Id, input, context, cancel) is { } reply
            ? Results.Json(reply, PortalJson.Replies)
            : Problem.Of(ContentProblems.RatingsFull, retryAfter: TryAgain);
    }
}
