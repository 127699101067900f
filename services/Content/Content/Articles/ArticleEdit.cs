using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Bodies;
using PortalServices.Content.Storage;
using PortalServices.Messaging;
using PortalServices.Messaging.Outbox;
using PortalServices.OperatorAccess.Gate;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>
/// One change of an article by an operator: reads it, looks whether it is as the operator read it, and changes it.
/// </summary>
internal sealed class ArticleEdit(
    ContentContext database,
    ArticleEditing editing,
    ArticleQueries queries,
    OutboxState<ContentContext> outbox,
    TimeProvider time
)
{
    /// <summary>Replaces the texts of an article.</summary>
    /// <param name="site">The article's site.</param>
    /// <param name="id">The article.</param>
    /// <param name="context">The request.</param>
    /// <param name="change">Why.</param>
    /// <param name="inputOf">The texts as they have been checked, or a problem.</param>
    public Task<IResult> ChangeAsync(
        string site,
        Guid id,
        HttpContext context,
        ArticleChange change,
        Func<Article, Task<(ArticleInput? Input, IResult? Problem)>> inputOf
    ) =>
        RunAsync(
            site,
            id,
            context,
            publishes: false,
            async article =>
            {
                var (input, problem) = await inputOf(article);
                if (input is null)
                {
                    return (null, problem);
                }
                var (at, wrong) = DateOf(article, input);
                return wrong is null
                    ? (
                        await editing.ChangeAsync(
                            article,
                            input,
                            at,
                            change,
                            context.Operator()!.Name,
                            context.RequestAborted
                        ),
                        null
                    )
                    : (null, wrong);
            }
        );

    /// <summary>
    /// While no further events are taken, only what needs none is done: a draft can be worked on, what the public sees
    /// stays as it is. Whoever sends <c>If-Match: *</c> changes whatever is there, also when it was changed meanwhile.
    /// </summary>
    /// <param name="site">The article's site.</param>
    /// <param name="id">The article.</param>
    /// <param name="context">The request.</param>
    /// <param name="publishes">Whether the change makes it public.</param>
    /// <param name="change">Changes it, or says why not.</param>
    /// <param name="from">The states that the change is for; none for all.</param>
    public Task<IResult> RunAsync(
        string site,
        Guid id,
        HttpContext context,
        bool publishes,
        Func<Article, Task<(Article? Article, IResult? Problem)>> change,
        params ArticleState[] from
    ) =>
        ConditionalChange.RunAsync(
            context,
            database,
            () => RunOnceAsync(site, id, context, publishes, change, from),
            () => ConflictAsync(site, id, context)
        );

    private async Task<IResult> RunOnceAsync(
        string site,
        Guid id,
        HttpContext context,
        bool publishes,
        Func<Article, Task<(Article? Article, IResult? Problem)>> change,
        ArticleState[] from
    )
    {
        if (
            await database.Articles.FirstOrDefaultAsync(
                each => each.Site == site && each.Id == id,
                context.RequestAborted
            )
            is not { } article
        )
        {
            return Problem.Of(ContentProblems.UnknownArticle);
        }
        if (IfMatch.Problem(context, article.Version) is { } mismatch)
        {
            return mismatch;
        }
        if (from.Length > 0 && !from.Contains(article.State))
        {
            return Problem.Of(CommonProblems.IllegalState, detail: article.State.ToString().ToLowerInvariant());
        }
        if ((publishes || article.State is ArticleState.Published) && outbox.IsFull)
        {
            return Problem.Of(MessagingProblems.OutboxFull, retryAfter: TimeSpan.FromMinutes(1));
        }
        try
        {
            var (changed, problem) = await change(article);
            return changed is null ? problem! : await ReplyAsync(context, changed, queries);
        }
        catch (TextTooComplexException complex)
        {
            return Problem.Of(ContentProblems.BodyTooComplex, complex.Bound);
        }
        catch (TooManySlugsException)
        {
            return Problem.Of(ContentProblems.TooManySlugs, detail: $"{ArticleSlugs.MaxPerArticle}");
        }
    }

    /// <summary>What an editor sent, as it will be stored; or what is wrong with it.</summary>
    public async Task<(ArticleInput? Input, IResult? Problem)> CheckAsync(
        string site,
        HttpContext context,
        ArticleInput sent
    )
    {
        var input = sent.WithLineBreaks();
        if (input.Problem(context) is { } mistakes)
        {
            return (null, mistakes);
        }
        if (
            input.Category is null
            || (
                Slug.IsValid(input.Category)
                && await database.Categories.AnyAsync(
                    category => category.Site == site && category.Slug == input.Category,
                    context.RequestAborted
                )
            )
        )
        {
            return (input, null);
        }
        var unknown = new FieldErrors(context);
        unknown.Add("category", "There is no such category.", "Không có chuyên mục này.");
        return (null, unknown.Problem());
    }

    // Only what is published has a date that readers see. A later one would be a date of what has not happened yet.
    private (long? At, IResult? Problem) DateOf(Article article, ArticleInput input)
    {
        if (input.PublishedAt is not { } text)
        {
            return (null, null);
        }
        if (article.State is not ArticleState.Published)
        {
            return (null, Problem.Of(CommonProblems.IllegalState, detail: article.State.ToString().ToLowerInvariant()));
        }
        var now = time.GetUtcNow();
        return PublicationInstant.TryRead(text, now, out var at) && at <= now.ToUnixTimeMilliseconds()
            ? (at, null)
            : (null, Problem.Of(ContentProblems.InvalidPublication));
    }

    private async Task<IResult> ConflictAsync(string site, Guid id, HttpContext context)
    {
        var present = await database
            .Articles.Where(each => each.Site == site && each.Id == id)
            .Select(each => (long?)each.Version)
            .FirstOrDefaultAsync(context.RequestAborted);
        return present is { } version ? IfMatch.Conflict(context, version) : Problem.Of(ContentProblems.UnknownArticle);
    }

    public static async Task<IResult> ReplyAsync(
        HttpContext context,
        Article article,
        ArticleQueries queries,
        int status = StatusCodes.Status200OK
    )
    {
        IfMatch.Tag(context, article.Version);
        var views = await queries.ViewsAsync(article.Id, context.RequestAborted);
        return Results.Json(EditedArticle.Of(article, views), PortalJson.Replies, statusCode: status);
    }
}
