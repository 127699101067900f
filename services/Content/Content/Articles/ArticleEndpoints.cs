using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PortalServices.Content.Storage;
using PortalServices.ServiceDefaults;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary><c>GET articles</c>, <c>GET articles/{slug}</c> and <c>GET categories</c>: what visitors read.</summary>
internal static class ArticleEndpoints
{
    /// <summary>The orders that visitors can ask for.</summary>
    private static readonly OrderedDictionary<string, ArticleSort> Sorts = new(StringComparer.Ordinal)
    {
        ["newest"] = ArticleSort.Newest,
        ["mostViewed"] = ArticleSort.MostViewed,
    };

    /// <summary>Most characters of a search.</summary>
    public const int MaxSearch = 200;

    public static void MapArticles(this IEndpointRouteBuilder site)
    {
        site.MapRead("/articles", ListAsync);
        site.MapRead("/articles/{slug}", ReadAsync);
        site.MapRead("/categories", CategoriesAsync);
    }

    private static async Task<IResult> ListAsync(
        string site,
        HttpRequest request,
        ContentContext database,
        ArticleQueries queries
    )
    {
        if (!TryReadQuery(request, out var paging, out var search, out var problem))
        {
            return Problem.Of(problem);
        }
        if (!TryReadSort(request, search, Sorts, out var order, out var none))
        {
            return none;
        }
        var articles = database
            .Articles.Where(article => article.Site == site && article.State == ArticleState.Published)
            .InCategory(request.Query["category"]);

        var (items, total) = await queries.ListAsync(
            articles,
            site,
            search,
            order,
            paging,
            request.HttpContext.RequestAborted
        );
        var snippets = search is null
            ? null
            : await queries.SnippetsAsync(items, search, request.HttpContext.RequestAborted);
        return ETagResult.Json(
            PagedList.Of<ArticleItem>(
                [.. items.Select(item => ArticleItem.Of(item) with { Snippet = snippets?.GetValueOrDefault(item.Id) })],
                total,
                paging
            )
        );
    }

    private static async Task<IResult> ReadAsync(string site, string slug, HttpContext context, ArticleQueries queries)
    {
        if (await queries.FindAsync(site, slug, context.RequestAborted) is not var (article, views))
        {
            return Problem.Of(ContentProblems.UnknownArticle);
        }
        return article.Slug == slug
            ? ETagResult.Json(ArticleDetail.Of(article, views))
            : Moved(context, $"/api/sites/{site}/articles/{article.Slug}");
    }

    /// <summary>
    /// The reply at an old address: 301 with the query that was sent. Not to be kept, since an article may have its old
    /// address back: a browser that keeps both ways would go in circles.
    /// </summary>
    public static IResult Moved(HttpContext context, string address)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Redirect(address + context.Request.QueryString, permanent: true);
    }

    private static Task<IResult> CategoriesAsync(string site, HttpRequest request, ContentContext database) =>
        CategoryList.ReadAsync(
            site,
            request,
            database,
            category => new CategoryItem(
                category.Slug,
                category.Name,
                database.Articles.Count(article =>
                    article.Site == site && article.Category == category.Slug && article.State == ArticleState.Published
                )
            )
        );

    /// <summary>
    /// Reads <c>sort</c>; without it a search is in the order of how well something was found, and a list newest first.
    /// </summary>
    public static bool TryReadSort(
        HttpRequest request,
        SearchQuery? search,
        IReadOnlyDictionary<string, ArticleSort> sorts,
        out ArticleSort sort,
        [NotNullWhen(false)] out IResult? problem
    )
    {
        problem = null;
        sort = search is null ? ArticleSort.Newest : ArticleSort.Relevance;
        if ((string?)request.Query["sort"] is not { Length: > 0 } name || sorts.TryGetValue(name, out sort))
        {
            return true;
        }
        problem = Problem.Of(CommonProblems.InvalidSort, detail: string.Join(", ", sorts.Keys));
        return false;
    }

    /// <summary>Those of a category; all when none is named.</summary>
    public static IQueryable<Article> InCategory(this IQueryable<Article> articles, string? category)
    {
        if (string.IsNullOrEmpty(category))
        {
            return articles;
        }
        // What no category can be called finds nothing; with some of it, PostgreSQL refuses to compare.
        return Slug.IsValid(category)
            ? articles.Where(article => article.Category == category)
            : articles.Where(_ => false);
    }

    /// <summary>Reads what every list of articles takes: <c>page</c>, <c>pageSize</c>, <c>q</c>.</summary>
    public static bool TryReadQuery(
        HttpRequest request,
        out Paging paging,
        out SearchQuery? search,
        out ProblemCode problem
    )
    {
        (search, problem) = (null, CommonProblems.InvalidPaging);
        if (!Paging.TryRead(request, out paging))
        {
            return false;
        }
        problem = CommonProblems.InvalidSearch;
        if ((string?)request.Query["q"] is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return true;
        }
        if (text.Length > MaxSearch)
        {
            return false;
        }
        search = SearchQuery.Parse(text);
        return true;
    }
}

/// <summary>A category as visitors see it.</summary>
/// <param name="Slug">Names it.</param>
/// <param name="Name">Plain text.</param>
/// <param name="Articles">How many published articles it has.</param>
internal sealed record CategoryItem(string Slug, string Name, int Articles);
