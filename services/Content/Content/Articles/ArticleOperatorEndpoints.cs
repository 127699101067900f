using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Bodies;
using PortalServices.Content.Storage;
using PortalServices.Messaging;
using PortalServices.OperatorAccess.Gate;

namespace PortalServices.Content.Articles;

/// <summary>
/// Operators' <c>articles</c>: list, read, write, change, publish, withdraw, delete. A change says by <c>If-Match</c>
/// what was read before it.
/// </summary>
internal static class ArticleOperatorEndpoints
{
    /// <summary>
    /// The largest body of a request: the longest texts with every character written as <c>\u</c> and four digits.
    /// </summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private static readonly OrderedDictionary<string, ArticleSort> Sorts = new(StringComparer.Ordinal)
    {
        ["newest"] = ArticleSort.Newest,
        ["mostViewed"] = ArticleSort.MostViewed,
        ["changed"] = ArticleSort.Changed,
    };

    public static readonly ApiField OfId = new("id", "The article's id.", ApiValue.Uuid());

    private static readonly ApiField OfState = new(
        "state",
        "Only articles in this state.",
        ApiValue.OneOf<ArticleState>()
    );

    public static void MapArticleEditing(this IEndpointRouteBuilder site)
    {
        site.MapRead("/articles", ListAsync)
            .Describe(
                "listAllArticles",
                "Lists articles in any state, or those that a search finds, without their bodies."
            )
            .Takes(ArticleEndpoints.Search, OfState, ArticleEndpoints.OfCategory, ArticleEndpoints.SortBy(Sorts))
            .AnswersPage<EditorArticle>("A page of the list: the newest first, or in the order of a search.")
            .Fails(CommonProblems.InvalidSearch, CommonProblems.InvalidSort, ContentProblems.InvalidState);
        site.MapRead("/articles/{id:guid}", ReadAsync)
            .Describe("readAnyArticle", "Reads an article in any state, whole.")
            .ReadsVersion<EditorArticle>(OfId, "The article.", ContentProblems.UnknownArticle);
        site.MapPost("/articles", CreateAsync)
            .Describe("writeArticle", "Writes a new article, as a draft.")
            .TakesBody<ArticleInput>()
            .Answers<EditorArticle>("The draft.", 201, ContentFields.LocationOf("articles"))
            .AnswersVersion()
            .Fails(CommonProblems.InvalidFields, ContentProblems.BodyTooComplex, CommonProblems.IllegalState);
        site.MapPut("/articles/{id:guid}", ChangeAsync)
            .Describe(
                "changeArticle",
                "Replaces an article.",
                "What is left out is empty afterwards, but for the slug and the date, which stay; an older slug keeps leading to the article."
            )
            .TakesBody<ArticleInput>()
            .ChangesTexts();
        site.MapPatch("/articles/{id:guid}", PatchAsync)
            .Describe(
                "patchArticle",
                "Changes some fields of an article.",
                "A JSON merge patch (RFC 7396): a field that is null gets its usual value, one that is left out stays. It is taken as `application/json`, too."
            )
            .TakesPatch<ArticleInput>("ArticlePatch")
            .ChangesTexts();
        site.MapPost("/articles/{id:guid}/publish", PublishAsync)
            .Describe(
                "publishArticle",
                "Publishes an article, at once or when its time comes.",
                "Of a draft, a withdrawn or a scheduled one."
            )
            .TakesBody<PublicationInput>(isOptional: true)
            .ChangesArticle()
            .Answers<EditorArticle>("Published, or scheduled.")
            .Fails(ContentProblems.InvalidPublication, CommonProblems.IllegalState);
        site.MapPost("/articles/{id:guid}/withdraw", WithdrawAsync)
            .Describe(
                "withdrawArticle",
                "Takes an article back: one that was ever public is withdrawn, a scheduled one that was not a draft again."
            )
            .ChangesArticle()
            .Answers<EditorArticle>("Taken back.")
            .Fails(CommonProblems.IllegalState);
        site.MapDelete("/articles/{id:guid}", DeleteAsync)
            .Describe(
                "deleteArticle",
                "Deletes a draft with its versions.",
                "A slug that readers knew, or that has views, is never given to another article."
            )
            .ChangesArticle()
            .Answers(204, "It is gone.")
            .Fails(CommonProblems.IllegalState);
    }

    /// <summary>What every change of an article takes and fails with.</summary>
    public static RouteHandlerBuilder ChangesArticle(this RouteHandlerBuilder route) =>
        route.Takes(OfId).TakesVersion().Fails(ContentProblems.UnknownArticle, MessagingProblems.OutboxFull);

    private static RouteHandlerBuilder ChangesTexts(this RouteHandlerBuilder route) =>
        route
            .ChangesArticle()
            .Answers<EditorArticle>("As it is now.")
            .Fails(
                CommonProblems.InvalidFields,
                ContentProblems.BodyTooComplex,
                ContentProblems.InvalidPublication,
                CommonProblems.IllegalState,
                ContentProblems.TooManySlugs
            );

    private static async Task<IResult> ListAsync(
        string site,
        HttpRequest request,
        ContentContext database,
        ArticleQueries queries
    )
    {
        if (!ArticleEndpoints.TryReadList(request, Sorts, out var list, out var problem))
        {
            return problem;
        }
        var articles = database.Articles.Where(article => article.Site == site).InCategory(request.Query["category"]);
        if ((string?)request.Query["state"] is { Length: > 0 } name)
        {
            if (
                !Enum.TryParse<ArticleState>(name, ignoreCase: true, out var state)
                || char.IsAsciiDigit(name[0])
                || !Enum.IsDefined(state)
            )
            {
                return Problem.Of(ContentProblems.InvalidState);
            }
            articles = articles.Where(article => article.State == state);
        }

        var (items, total) = await queries.ListAsync(articles, site, list, request.HttpContext.RequestAborted);
        return ETagResult.Json(
            PagedList.Of<EditorArticle>(
                [.. items.Select(item => new EditorArticle(item.Article, item.Views))],
                total,
                list.Paging
            )
        );
    }

    private static async Task<IResult> ReadAsync(
        [AsParameters] EditRequest request,
        ContentContext database,
        ConditionalArticleChange edit
    ) =>
        await database
            .Articles.AsNoTracking()
            .FirstOrDefaultAsync(article => article.Site == request.Site && article.Id == request.Id, request.Aborted)
            is { } article
            ? await edit.ReplyAsync(request.Context, article)
            : Problem.Of(ContentProblems.UnknownArticle);

    private static async Task<IResult> CreateAsync(
        string site,
        HttpContext context,
        ConditionalArticleChange edit,
        ArticleEditor editing
    )
    {
        var (input, problem) = await ReadInputAsync(site, context, edit);
        if (input is null)
        {
            return problem!;
        }
        if (input.PublishedAt is not null)
        {
            return ConditionalArticleChange.IllegalState(ArticleState.Draft);
        }
        try
        {
            var article = await editing.CreateAsync(site, input, context.Operator()!.Name, context.RequestAborted);
            context.Response.Headers.Location = $"/api/operator/sites/{site}/articles/{article.Id}";
            return await edit.ReplyAsync(context, article, StatusCodes.Status201Created);
        }
        catch (TextTooComplexException complex)
        {
            return Problem.Of(ContentProblems.BodyTooComplex, complex.Bound);
        }
    }

    private static async Task<IResult> ChangeAsync([AsParameters] EditRequest request, ConditionalArticleChange edit)
    {
        var (input, problem) = await ReadInputAsync(request.Site, request.Context, edit);
        return input is null
            ? problem!
            : await edit.ChangeAsync(
                request,
                ArticleChange.Edited,
                _ => Task.FromResult<(ArticleInput?, IResult?)>((input, null))
            );
    }

    /// <summary>PATCH: a JSON merge patch (RFC 7396) of what <c>PUT</c> takes.</summary>
    private static async Task<IResult> PatchAsync([AsParameters] EditRequest request, ConditionalArticleChange edit)
    {
        var (patch, problem) = await JsonMergePatch.ReadAsync<ArticleInput>(request.Context.Request, MaxBytes);
        return patch is null
            ? problem!
            : await edit.ChangeAsync(
                request,
                ArticleChange.Edited,
                async article =>
                {
                    var (input, misfit) = patch.Apply(ArticleInput.Of(article, article.Body));
                    return input is null ? (null, misfit) : await edit.CheckAsync(request.Site, request.Context, input);
                }
            );
    }

    private static async Task<IResult> PublishAsync(
        [AsParameters] EditRequest request,
        ConditionalArticleChange edit,
        ArticleEditor editing,
        TimeProvider time
    )
    {
        long? at = null;
        var sent = request.Context.Request;
        if (sent.ContentLength is not 0 and not null || sent.Headers.TransferEncoding.Count > 0)
        {
            var (input, problem) = await JsonBody.ReadAsync<PublicationInput>(sent, MaxBytes);
            if (input is null)
            {
                return problem!;
            }
            if (input.PublishAt is { } text)
            {
                if (!PublicationInstant.TryRead(text, time.GetUtcNow(), out var instant))
                {
                    return Problem.Of(ContentProblems.InvalidPublication);
                }
                at = instant;
            }
        }

        return await edit.MoveAsync(
            request,
            publishes: at is null || at <= time.GetUtcNow().ToUnixTimeMilliseconds(),
            article => editing.PublishAsync(article, at, request.By, request.Aborted),
            ArticleState.Draft,
            ArticleState.Withdrawn,
            ArticleState.Scheduled
        );
    }

    private static Task<IResult> WithdrawAsync(
        [AsParameters] EditRequest request,
        ConditionalArticleChange edit,
        ArticleEditor editing
    ) =>
        edit.MoveAsync(
            request,
            publishes: false,
            article => editing.WithdrawAsync(article, request.By, request.Aborted),
            ArticleState.Published,
            ArticleState.Scheduled
        );

    private static Task<IResult> DeleteAsync(
        [AsParameters] EditRequest request,
        ConditionalArticleChange edit,
        ArticleEditor editing
    ) =>
        edit.RunAsync(
            request,
            publishes: false,
            async article =>
            {
                await editing.DeleteAsync(article, request.Aborted);
                return Results.NoContent();
            },
            ArticleState.Draft
        );

    private static async Task<(ArticleInput? Input, IResult? Problem)> ReadInputAsync(
        string site,
        HttpContext context,
        ConditionalArticleChange edit
    )
    {
        var (input, problem) = await JsonBody.ReadAsync<ArticleInput>(context.Request, MaxBytes);
        return input is null ? (null, problem) : await edit.CheckAsync(site, context, input);
    }
}

/// <summary>When an article is to be published.</summary>
/// <param name="PublishAt">The date that readers see, with its zone: from 1990 until five years ahead. In the future,
/// the article waits for it; left out for now.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PublicationInput(
    [DataType(DataType.DateTime), Example("2026-11-25T08:00:00+07:00")] string? PublishAt = null
);
