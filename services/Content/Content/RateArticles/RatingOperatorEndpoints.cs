using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;

namespace PortalServices.Content.RateArticles;

/// <summary>
/// Operators' <c>articles/ratings</c> and <c>articles/{id}/rating</c>: what readers think, and what they wrote.
/// </summary>
internal static class RatingOperatorEndpoints
{
    public static void MapRatingReading(this IEndpointRouteBuilder site)
    {
        site.MapRead("/articles/ratings", ListAsync)
            .Describe("listRatings", "Lists the articles that were rated, the one that helped the fewest first.")
            .AnswersPage<RatedArticle>("A page of the list, by `notHelpful`.");
        site.MapRead("/articles/{id:guid}/rating", ReadAsync)
            .Describe(
                "readRating",
                "Reads how often an article was found helpful, and what readers wrote.",
                "Words may name people: they are for operators alone, and are deleted after `Content:KeepRatingWordsDays`."
            )
            .Takes(ArticleOperatorEndpoints.OfId)
            .TakesPage()
            .Answers<ReadRating>("The totals, and a page of the words, the latest first.")
            .Fails(ContentProblems.UnknownArticle);
        site.MapDelete("/articles/{id:guid}/rating/words/{words:guid}", DeleteAsync)
            .Describe("deleteRatingWords", "Deletes what somebody wrote; the rating stays counted.")
            .Takes(ArticleOperatorEndpoints.OfId, new ApiField("words", "The id of the words.", ApiValue.Uuid()))
            .Answers(StatusCodes.Status204NoContent, "They are gone.")
            .Fails(ContentProblems.UnknownWords);
    }

    private static Task<IResult> ListAsync(string site, HttpRequest request, ContentContext database) =>
        database
            .ArticleRatings.Where(rating => rating.Site == site)
            .Join(
                database.Articles,
                rating => rating.ArticleId,
                article => article.Id,
                (rating, article) => new { rating, article }
            )
            .OrderByDescending(each => each.rating.NotHelpful)
            .ThenBy(each => each.rating.ArticleId)
            .Select(each => new RatedArticle(
                each.article.Id,
                each.article.Slug,
                each.article.Title,
                each.rating.Helpful,
                each.rating.NotHelpful
            ))
            .ReplyAsync(request, rated => rated);

    private static async Task<IResult> ReadAsync(string site, Guid id, HttpContext context, ContentContext database)
    {
        var cancel = context.RequestAborted;
        if (!Paging.TryRead(context.Request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        if (!await database.Articles.AnyAsync(article => article.Site == site && article.Id == id, cancel))
        {
            return Problem.Of(ContentProblems.UnknownArticle);
        }
        var rating = await database
            .ArticleRatings.AsNoTracking()
            .FirstOrDefaultAsync(each => each.ArticleId == id, cancel);
        var words = database.RatingWords.AsNoTracking().Where(each => each.ArticleId == id);
        var items = await words
            .OrderByDescending(each => each.At)
            .ThenBy(each => each.Id)
            .Skip(paging.Skip)
            .Take(paging.Size)
            .ToListAsync(cancel);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new ReadRating(
                rating?.Helpful ?? 0,
                rating?.NotHelpful ?? 0,
                [.. items.Select(each => new WordsItem(each.Id, Instants.Of(each.At), each.Helpful, each.Text))],
                await words.CountAsync(cancel),
                paging.Page,
                paging.Size
            ),
            PortalJson.Replies
        );
    }

    private static async Task<IResult> DeleteAsync(
        string site,
        Guid id,
        Guid words,
        HttpContext context,
        ContentContext database
    ) =>
        await database
            .RatingWords.Where(each =>
                each.Id == words
                && each.ArticleId == id
                && database.Articles.Any(article => article.Id == id && article.Site == site)
            )
            .ExecuteDeleteAsync(context.RequestAborted) > 0
            ? Results.NoContent()
            : Problem.Of(ContentProblems.UnknownWords);
}

/// <summary>An article with its ratings.</summary>
/// <param name="Id">The article's id.</param>
/// <param name="Slug">The name in its address.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Helpful">How many found it helpful.</param>
/// <param name="NotHelpful">How many did not.</param>
internal sealed record RatedArticle(Guid Id, string Slug, string Title, long Helpful, long NotHelpful);

/// <summary>The ratings of an article, with a page of what was written.</summary>
/// <param name="Helpful">How many found it helpful.</param>
/// <param name="NotHelpful">How many did not.</param>
/// <param name="Items">The words on this page.</param>
/// <param name="Total">How many words there are in all.</param>
/// <param name="Page">From 1 on.</param>
/// <param name="PageSize">Items on a page.</param>
internal sealed record ReadRating(
    long Helpful,
    long NotHelpful,
    IReadOnlyList<WordsItem> Items,
    int Total,
    int Page,
    int PageSize
);

/// <summary>What somebody wrote.</summary>
/// <param name="Id">Names it.</param>
/// <param name="At">UTC.</param>
/// <param name="Helpful">How they rated.</param>
/// <param name="Text">Plain text.</param>
internal sealed record WordsItem(Guid Id, DateTime At, bool Helpful, string Text);
