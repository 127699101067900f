using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>
/// Operators' <c>articles</c>: list, read, write, publish, withdraw, delete. A change says by <c>If-Match</c> what was read before it.
/// </summary>
internal static class ArticleOperatorEndpoints
{
    /// <summary>The largest body of a request.</summary>
    public const int MostBytes = 1024 * 1024;

    public static void MapArticleEditing(this IEndpointRouteBuilder site)
    {
        site.MapRead("/articles", ListAsync);
        site.MapRead("/articles/{id:guid}", ReadAsync);
        site.MapPost("/articles", CreateAsync);
        site.MapPut("/articles/{id:guid}", ChangeAsync);
        site.MapPost("/articles/{id:guid}/publish", PublishAsync);
        site.MapPost("/articles/{id:guid}/withdraw", WithdrawAsync);
        site.MapDelete("/articles/{id:guid}", DeleteAsync);
    }

    static async Task<IResult> ListAsync(string site, HttpRequest request, ContentContext database, ArticleQueries queries)
    {
        if (!ArticleEndpoints.TryReadQuery(request, out var paging, out var search, out var problem))
            return Problem.Of(problem);
        var articles = database.Articles.Where(article => article.Site == site);
        if ((string?)request.Query["state"] is { Length: > 0 } name)
        {
            if (!Enum.TryParse<ArticleState>(name, ignoreCase: true, out var state) || char.IsAsciiDigit(name[0]) || !Enum.IsDefined(state))
                return Problem.Of(ContentProblems.InvalidState);
            articles = articles.Where(article => article.State == state);
        }

        var sort = search is null ? ArticleSort.Newest : ArticleSort.Relevance;
        var (items, total) = await queries.ListAsync(articles, site, search, sort, paging, request.HttpContext.RequestAborted);
        return TaggedResult.Json(Listed.Of<EditedArticle>([.. items.Select(each => EditedArticle.Of(each.Article, each.Views, whole: false))], total, paging));
    }

    static async Task<IResult> ReadAsync(string site, Guid id, HttpContext context, ContentContext database, ArticleQueries queries) =>
        await database.Articles.AsNoTracking().FirstOrDefaultAsync(article => article.Site == site && article.Id == id, context.RequestAborted) is { } article
            ? await ReplyAsync(context, article, queries)
            : Problem.Of(ContentProblems.UnknownArticle);

    static async Task<IResult> CreateAsync(
        string site, HttpContext context, ContentContext database, ArticleEditing editing, ArticleQueries queries)
    {
        var (input, problem) = await ReadInputAsync(site, context, database);
        if (input is null)
            return problem!;
        Article article;
        try
        {
            article = await editing.CreateAsync(site, input, Name(context), context.RequestAborted);
        }
        catch (TextTooDeepException)
        {
            return TooDeep(context);
        }

        context.Response.Headers.Location = $"/api/operator/sites/{site}/articles/{article.Id}";
        return await ReplyAsync(context, article, queries, StatusCodes.Status201Created);
    }

    static async Task<IResult> ChangeAsync(
        string site, Guid id, HttpContext context, ContentContext database, ArticleEditing editing, ArticleQueries queries, OutboxState<ContentContext> outbox)
    {
        var (input, problem) = await ReadInputAsync(site, context, database);
        return input is null
            ? problem!
            : await EditAsync(site, id, context, database, queries, outbox, publishes: false, article => editing.ChangeAsync(article, input, Name(context), context.RequestAborted));
    }

    static async Task<IResult> PublishAsync(
        string site, Guid id, HttpContext context, ContentContext database, ArticleEditing editing, ArticleQueries queries, OutboxState<ContentContext> outbox,
        TimeProvider time)
    {
        long? at = null;
        if (context.Request.ContentLength is not 0 and not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            var (input, problem) = await JsonBody.ReadAsync<PublicationInput>(context.Request, MostBytes);
            if (input is null)
                return problem!;
            if (input.PublishAt is { } text)
            {
                if (!PublicationInstant.TryRead(text, time.GetUtcNow(), out var instant))
                    return Problem.Of(ContentProblems.InvalidPublication);
                at = instant;
            }
        }

        var publishes = at is null || at <= time.GetUtcNow().ToUnixTimeMilliseconds();
        return await EditAsync(
            site, id, context, database, queries, outbox, publishes, article => editing.PublishAsync(article, at, Name(context), context.RequestAborted),
            ArticleState.Draft, ArticleState.Withdrawn, ArticleState.Scheduled);
    }

    static Task<IResult> WithdrawAsync(
        string site, Guid id, HttpContext context, ContentContext database, ArticleEditing editing, ArticleQueries queries, OutboxState<ContentContext> outbox) =>
        EditAsync(
            site, id, context, database, queries, outbox, publishes: false, article => editing.WithdrawAsync(article, Name(context), context.RequestAborted),
            ArticleState.Published, ArticleState.Scheduled);

    static async Task<IResult> DeleteAsync(
        string site, Guid id, HttpContext context, ContentContext database, ArticleQueries queries, OutboxState<ContentContext> outbox)
    {
        var reply = await EditAsync(
            site, id, context, database, queries, outbox, publishes: false,
            async article =>
            {
                database.Remove(article);
                database.SearchDocuments.RemoveRange(await database.SearchDocuments.Where(document => document.Subject == id).ToListAsync(context.RequestAborted));
                await database.SaveChangesAsync(context.RequestAborted);
                return article;
            },
            ArticleState.Draft);
        if (reply is IStatusCodeHttpResult { StatusCode: >= 400 })
            return reply;
        // What is gone has no version.
        context.Response.Headers.ETag = default;
        return Results.NoContent();
    }

    /// <summary>
    /// Reads an article, looks whether it is as the editor read it, and changes it. While no further events are taken, only what needs none is done: a draft
    /// can be worked on, what the public sees stays as it is.
    /// </summary>
    static async Task<IResult> EditAsync(
        string site, Guid id, HttpContext context, ContentContext database, ArticleQueries queries, OutboxState<ContentContext> outbox, bool publishes,
        Func<Article, Task<Article>> change, params ArticleState[] from)
    {
        if (await database.Articles.FirstOrDefaultAsync(each => each.Site == site && each.Id == id, context.RequestAborted) is not { } article)
            return Problem.Of(ContentProblems.UnknownArticle);
        if (IfMatch.Problem(context, article.Version) is { } mismatch)
            return mismatch;
        if (from.Length > 0 && !from.Contains(article.State))
            return Problem.Of(CommonProblems.IllegalState, detail: article.State.ToString().ToLowerInvariant());
        if ((publishes || article.State is ArticleState.Published) && outbox.IsFull)
            return Problem.Of(MessagingProblems.OutboxFull, retryAfter: TimeSpan.FromMinutes(1));
        try
        {
            article = await change(article);
        }
        catch (DbUpdateConcurrencyException)
        {
            var present = await database.Articles.Where(each => each.Site == site && each.Id == id).Select(each => (long?)each.Version).FirstOrDefaultAsync(context.RequestAborted);
            return present is { } version ? IfMatch.Conflict(context, version) : Problem.Of(ContentProblems.UnknownArticle);
        }
        catch (TextTooDeepException)
        {
            return TooDeep(context);
        }

        return await ReplyAsync(context, article, queries);
    }

    static async Task<(ArticleInput? Input, IResult? Problem)> ReadInputAsync(string site, HttpContext context, ContentContext database)
    {
        var (input, problem) = await JsonBody.ReadAsync<ArticleInput>(context.Request, MostBytes);
        if (input is null)
            return (null, problem);
        if (input.Problem(context) is { } mistakes)
            return (null, mistakes);
        if (input.Category is null
            || (Slug.IsValid(input.Category) && await database.Categories.AnyAsync(category => category.Site == site && category.Slug == input.Category, context.RequestAborted)))
            return (input, null);
        var unknown = new FieldMistakes(context);
        unknown.Add("category", "There is no such category.", "Không có chuyên mục này.");
        return (null, unknown.Problem());
    }

    static IResult TooDeep(HttpContext context)
    {
        var mistakes = new FieldMistakes(context);
        mistakes.Add("body", "Its elements stand too deep within each other.", "Các phần tử lồng nhau quá sâu.");
        return mistakes.Problem()!;
    }

    static async Task<IResult> ReplyAsync(HttpContext context, Article article, ArticleQueries queries, int status = StatusCodes.Status200OK)
    {
        IfMatch.Tag(context, article.Version);
        var views = await queries.ViewsAsync(article.Id, context.RequestAborted);
        return Results.Json(EditedArticle.Of(article, views, whole: true), PortalJson.Replies, statusCode: status);
    }

    static string Name(HttpContext context) => context.Operator()!.Name;
}

/// <summary>When an article is to be published.</summary>
/// <param name="PublishAt">An instant with its zone; null for now.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PublicationInput(string? PublishAt = null);
