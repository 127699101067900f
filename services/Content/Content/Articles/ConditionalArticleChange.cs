using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Bodies;
using PortalServices.Content.Storage;
using PortalServices.Messaging;
using PortalServices.Messaging.Outbox;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>
/// One change of an article by an operator: reads it, looks whether it is as the operator read it, and changes it.
/// </summary>
internal sealed class ConditionalArticleChange(
    ContentContext database,
    ArticleEditor editing,
    ArticleQueries queries,
    OutboxState<ContentContext> outbox,
    TimeProvider time
)
{
    /// <summary>Replaces the texts of an article by those that have been checked, unless there is a problem.</summary>
    public Task<IResult> ChangeAsync(
        EditRequest request,
        ArticleChange change,
        Func<Article, Task<(ArticleInput? Input, IResult? Problem)>> inputOf
    ) =>
        RunAsync(
            request,
            publishes: false,
            async article =>
            {
                var (input, problem) = await inputOf(article);
                if (input is null)
                {
                    return problem!;
                }
                var (at, wrong) = DateOf(article, input);
                return wrong
                    ?? await ReplyAsync(
                        request.Context,
                        await editing.ChangeAsync(article, input, at, change, request.By, request.Aborted)
                    );
            }
        );

    /// <summary>Gives an article another state, and replies with it.</summary>
    public Task<IResult> MoveAsync(
        EditRequest request,
        bool publishes,
        Func<Article, Task> change,
        params ArticleState[] from
    ) =>
        RunAsync(
            request,
            publishes,
            async article =>
            {
                await change(article);
                return await ReplyAsync(request.Context, article);
            },
            from
        );

    /// <summary>
    /// While no further events are taken, only what needs none is done: a draft can be worked on, what the public sees
    /// stays as it is. Whoever sends <c>If-Match: *</c> changes whatever is there, also when it was changed meanwhile.
    /// The change is for articles in some states, or in all where none is given.
    /// </summary>
    public Task<IResult> RunAsync(
        EditRequest request,
        bool publishes,
        Func<Article, Task<IResult>> change,
        params ArticleState[] from
    ) =>
        ConditionalChange.RunAsync(
            request.Context,
            database,
            database.Articles.Where(each => each.Site == request.Site && each.Id == request.Id),
            ContentProblems.UnknownArticle,
            async article =>
            {
                if (from.Length > 0 && !from.Contains(article.State))
                {
                    return IllegalState(article.State);
                }
                if ((publishes || article.State is ArticleState.Published) && outbox.IsFull)
                {
                    return Problem.Of(MessagingProblems.OutboxFull, retryAfter: TimeSpan.FromMinutes(1));
                }
                try
                {
                    return await change(article);
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
        );

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
        if (await HasCategoryAsync(site, input.Category, context.RequestAborted))
        {
            return (input, null);
        }
        var unknown = new FieldErrors(context);
        unknown.Add("category", "There is no such category.", "Không có chuyên mục này.");
        return (null, unknown.Problem());
    }

    /// <summary>Whether a site has this category; none is always there.</summary>
    public async Task<bool> HasCategoryAsync(string site, string? category, CancellationToken cancel) =>
        category is null
        || (
            Slug.IsValid(category)
            && await database.Categories.AnyAsync(each => each.Site == site && each.Slug == category, cancel)
        );

    // Only what is published has a date that readers see. A later one would be a date of what has not happened yet.
    private (long? At, IResult? Problem) DateOf(Article article, ArticleInput input)
    {
        if (input.PublishedAt is not { } text)
        {
            return (null, null);
        }
        if (article.State is not ArticleState.Published)
        {
            return (null, IllegalState(article.State));
        }
        var now = time.GetUtcNow();
        return PublicationInstant.TryRead(text, now, out var at) && at <= now.ToUnixTimeMilliseconds()
            ? (at, null)
            : (null, Problem.Of(ContentProblems.InvalidPublication));
    }

    /// <summary>The reply to a change that an article in this state does not allow.</summary>
    public static IResult IllegalState(ArticleState state) =>
        Problem.Of(CommonProblems.IllegalState, detail: state.ToString().ToLowerInvariant());

    public async Task<IResult> ReplyAsync(HttpContext context, Article article, int status = StatusCodes.Status200OK)
    {
        var views = await queries.ViewsAsync(article.Id, context.RequestAborted);
        return ConditionalChange.Reply(context, new EditorArticle(article, views), status);
    }
}
