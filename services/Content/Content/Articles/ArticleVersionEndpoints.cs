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
            .TakesPage()
            .Answers<PagedList<ListedVersion>>("A page of the list, the newest first.")
            .AnswersTag()
            .Fails(ContentProblems.UnknownArticle);
        site.MapRead("/articles/{id:guid}/versions/{version:long}", ReadAsync)
            .Describe("readArticleVersion", "Reads an article as it was.")
            .Takes(ArticleOperatorEndpoints.OfId, version)
            .Answers<WholeVersion>("The version.")
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
            .Answers<EditedArticle>("As it is now.")
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
        var versions = database.ArticleVersions.Where(version => version.ArticleId == id);
        var items = await versions
            .OrderByDescending(version => version.Version)
            .Skip(paging.Skip)
            .Take(paging.Size)
            .Select(version => new ListedVersion(
                version.Version,
                version.Change,
                Instants.Of(version.ChangedAt),
                version.ChangedBy,
                version.State,
                version.Slug,
                version.Title
            ))
            .ToListAsync(cancel);
        return ETagResult.Json(PagedList.Of<ListedVersion>(items, await versions.CountAsync(cancel), paging));
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
            ? ETagResult.Json(WholeVersion.Of(found))
            : Problem.Of(ContentProblems.UnknownVersion);
    }

    /// <summary>
    /// POST restore: the texts are those of the version again, as one more change. Slug, state and date stay; a
    /// category that was deleted since is left out.
    /// </summary>
    private static Task<IResult> RestoreAsync(
        string site,
        Guid id,
        long version,
        HttpContext context,
        ContentContext database,
        ArticleEdit edit
    ) =>
        edit.ChangeAsync(
            site,
            id,
            context,
            ArticleChange.Restored,
            async _ =>
            {
                if (await FindAsync(id, version, database, context.RequestAborted) is not { } found)
                {
                    return (null, Problem.Of(ContentProblems.UnknownVersion));
                }
                var hasCategory = await database.Categories.AnyAsync(
                    category => category.Site == site && category.Slug == found.Category,
                    context.RequestAborted
                );
                return await edit.CheckAsync(
                    site,
                    context,
                    ArticleInput.Of(found) with
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
/// <param name="Version">The article's version after the change.</param>
/// <param name="Change">What was done.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="ChangedBy">The operator.</param>
/// <param name="State">What became of it.</param>
/// <param name="Slug">The name in its address.</param>
/// <param name="Title">Plain text.</param>
internal sealed record ListedVersion(
    long Version,
    ArticleChange Change,
    DateTime ChangedAt,
    string ChangedBy,
    ArticleState State,
    string Slug,
    string Title
);

/// <summary>An article as it was.</summary>
/// <param name="Version">The article's version after the change.</param>
/// <param name="Change">What was done.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="ChangedBy">The operator.</param>
/// <param name="State">What became of it.</param>
/// <param name="Slug">The name in its address.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Author">Plain text.</param>
/// <param name="Category">Slug of its category; left out where it had none.</param>
/// <param name="CoverImage">Address of its cover image; left out where it had none.</param>
/// <param name="CoverAlt">What that showed.</param>
/// <param name="Format">What the body is written in.</param>
/// <param name="Body">As its author wrote it.</param>
/// <param name="PublishedAt">UTC; left out where that was never said.</param>
internal sealed record WholeVersion(
    long Version,
    ArticleChange Change,
    DateTime ChangedAt,
    string ChangedBy,
    ArticleState State,
    string Slug,
    string Title,
    string Summary,
    string Author,
    string? Category,
    string? CoverImage,
    string? CoverAlt,
    ArticleFormat Format,
    string Body,
    DateTime? PublishedAt
)
{
    public static WholeVersion Of(ArticleVersion version) =>
        new(
            version.Version,
            version.Change,
            Instants.Of(version.ChangedAt),
            version.ChangedBy,
            version.State,
            version.Slug,
            version.Title,
            version.Summary,
            version.Author,
            version.Category,
            version.CoverImage,
            version.CoverAlt,
            version.Format,
            version.Body,
            version.PublishedAt is { } at ? Instants.Of(at) : null
        );
}
