using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Articles;

/// <summary>
/// Operators' <c>articles/{id}/versions</c>: who changed an article when and how, what it was then, and a way back.
/// </summary>
internal static class ArticleVersionEndpoints
{
    public static void MapArticleVersions(this IEndpointRouteBuilder site)
    {
        var version = new ApiField("version", "A version of the article.", ApiValue.WholeNumber(7, 1));
        site.MapRead("/articles/{id:guid}/versions", ListAsync)
            .Describe(
                "listArticleVersions",
                "Lists the versions of an article: who changed it, when and how.",
                $"At most {ArticleVersion.MaxPerArticle} are kept; the oldest go."
            )
            .Takes(ArticleOperatorEndpoints.OfId)
            .AnswersPage<ArticleVersionItem>("A page of the list, the newest first.")
            .Fails(ContentProblems.UnknownArticle);
        site.MapRead("/articles/{id:guid}/versions/{version:long}", ReadAsync)
            .Describe("readArticleVersion", "Reads an article as it was.")
            .Takes(ArticleOperatorEndpoints.OfId, version)
            .Answers<ArticleVersionDetail>("The version.")
            .AnswersTag()
            .Fails(ContentProblems.UnknownArticle, ContentProblems.UnknownVersion);
        site.MapPost("/articles/{id:guid}/versions/{version:long}/restore", RestoreAsync)
            .Describe(
                "restoreArticleVersion",
                "Gives an article the texts of an earlier version again.",
                "It is one more change: slug, state and date stay. A category that was deleted since is left out."
            )
            .Takes(version)
            .ChangesArticle()
            .Answers<EditorArticle>("As it is now.")
            .Fails(CommonProblems.InvalidFields, ContentProblems.BodyTooComplex, ContentProblems.UnknownVersion);
    }

    private static async Task<IResult> ListAsync(string site, Guid id, HttpRequest request, ContentContext database)
    {
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        var cancel = request.HttpContext.RequestAborted;
        if (!await IsKnownAsync(site, id, database, cancel))
        {
            return Problem.Of(ContentProblems.UnknownArticle);
        }
        return await database
            .ArticleVersions.Where(version => version.ArticleId == id)
            .OrderByDescending(version => version.Version)
            // Everything but the texts, which may be long.
            .Select(version => new ArticleVersion
            {
                ArticleId = version.ArticleId,
                Version = version.Version,
                Change = version.Change,
                ChangedAt = version.ChangedAt,
                ChangedBy = version.ChangedBy,
                State = version.State,
                Slug = version.Slug,
                Title = version.Title,
                Body = "",
            })
            .ReplyAsync(paging, version => new ArticleVersionItem(version), cancel);
    }

    private static async Task<IResult> ReadAsync(
        string site,
        Guid id,
        long version,
        HttpContext context,
        ContentContext database
    )
    {
        if (!await IsKnownAsync(site, id, database, context.RequestAborted))
        {
            return Problem.Of(ContentProblems.UnknownArticle);
        }
        return await FindAsync(id, version, database, context.RequestAborted) is { } found
            ? ETagResult.Json(new ArticleVersionDetail(found))
            : Problem.Of(ContentProblems.UnknownVersion);
    }

    /// <summary>
    /// POST restore: the texts are those of the version again, as one more change. Slug, state and date stay; a
    /// category that was deleted since is left out.
    /// </summary>
    private static Task<IResult> RestoreAsync(
        [AsParameters] EditRequest request,
        long version,
        ContentContext database,
        ConditionalArticleChange edit
    ) =>
        edit.ChangeAsync(
            request,
            ArticleChange.Restored,
            async _ =>
            {
                if (await FindAsync(request.Id, version, database, request.Aborted) is not { } found)
                {
                    return (null, Problem.Of(ContentProblems.UnknownVersion));
                }
                var hasCategory = await edit.HasCategoryAsync(request.Site, found.Category, request.Aborted);
                return await edit.CheckAsync(
                    request.Site,
                    request.Context,
                    ArticleInput.Of(found, found.Body) with
                    {
                        Category = hasCategory ? found.Category : null,
                    }
                );
            }
        );

    private static Task<bool> IsKnownAsync(string site, Guid id, ContentContext database, CancellationToken cancel) =>
        database.Articles.AnyAsync(article => article.Site == site && article.Id == id, cancel);

    private static Task<ArticleVersion?> FindAsync(
        Guid id,
        long version,
        ContentContext database,
        CancellationToken cancel
    ) =>
        database
            .ArticleVersions.AsNoTracking()
            .FirstOrDefaultAsync(each => each.ArticleId == id && each.Version == version, cancel);
}

/// <summary>A version of an article in a list.</summary>
internal class ArticleVersionItem(ArticleVersion version)
{
    /// <summary>The article's version after the change.</summary>
    [JsonPropertyOrder(-1)]
    public long Version { get; init; } = version.Version;

    /// <summary>What was done.</summary>
    [JsonPropertyOrder(-1)]
    public ArticleChange Change { get; init; } = version.Change;

    /// <summary>UTC.</summary>
    [JsonPropertyOrder(-1)]
    public DateTime ChangedAt { get; init; } = Instants.Of(version.ChangedAt);

    /// <summary>The operator.</summary>
    [JsonPropertyOrder(-1)]
    public string ChangedBy { get; init; } = version.ChangedBy;

    /// <summary>What became of it.</summary>
    [JsonPropertyOrder(-1)]
    public ArticleState State { get; init; } = version.State;

    /// <summary>The name in its address.</summary>
    [JsonPropertyOrder(-1)]
    public string Slug { get; init; } = version.Slug;

    /// <summary>Plain text.</summary>
    [JsonPropertyOrder(-1)]
    public string Title { get; init; } = version.Title;
}

/// <summary>An article as it was.</summary>
internal sealed class ArticleVersionDetail(ArticleVersion version) : ArticleVersionItem(version)
{
    /// <summary>Plain text.</summary>
    public string Summary { get; init; } = version.Summary;

    /// <summary>Plain text.</summary>
    public string Author { get; init; } = version.Author;

    /// <summary>Slug of its category; left out where it had none.</summary>
    public string? Category { get; init; } = version.Category;

    /// <summary>Address of its cover image; left out where it had none.</summary>
    public string? CoverImage { get; init; } = version.CoverImage;

    /// <summary>What that showed.</summary>
    public string? CoverAlt { get; init; } = version.CoverAlt;

    /// <summary>What the body is written in.</summary>
    public ArticleFormat Format { get; init; } = version.Format;

    /// <summary>As its author wrote it.</summary>
    public string Body { get; init; } = version.Body;

    /// <summary>UTC; left out where that was never said.</summary>
    public DateTime? PublishedAt { get; init; } = version.PublishedAt is { } at ? Instants.Of(at) : null;
}
