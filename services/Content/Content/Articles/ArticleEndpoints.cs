using System.Diagnostics.CodeAnalysis;
using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;
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
    private const int MaxSearch = 200;

    /// <summary>What a search is for.</summary>
    public static readonly ApiField Search = new(
        "q",
        "Words that must all be there, in any spelling; those between quotation marks side by side.",
        ApiValue.Text("khuyen hoc", most: MaxSearch)
    );

    public static readonly ApiField OfCategory = ContentFields.SlugOf(
        "category",
        "Only articles of this category, by its slug.",
        "tin-tuc"
    );

    public static readonly ApiField OfSlug = ContentFields.SlugOf(
        "slug",
        "The article's name in its address, the present one or an older one.",
        "hoi-nghi-tong-ket"
    );

    public static void MapArticles(this IEndpointRouteBuilder site)
    {
        site.MapRead("/articles", ListAsync)
            .Describe(
                "listArticles",
                "Lists published articles, or those that a search finds.",
                "What a search finds is ordered: the query as it is spelt in the title, in any spelling in the title, all "
                    + "its words in the title, as it is spelt in the text, in any spelling in the text, all its words "
                    + "anywhere; among equals the newest first. A `snippet` shows where the text has its words."
            )
            .Takes(Search, OfCategory, SortBy(Sorts))
            .AnswersPage<ArticleItem>("A page of the list; of a category that there is not, an empty one.")
            .Fails(CommonProblems.InvalidSearch, CommonProblems.InvalidSort);
        site.MapRead("/articles/{slug}", ReadAsync)
            .Describe("readArticle", "Reads a published article with its views.")
            .Takes(OfSlug)
            .Answers<ArticleDetail>("The article.")
            .AnswersTag()
            .AnswersMoved("/api/sites/sonla/articles/hoi-nghi-tong-ket")
            .Fails(ContentProblems.UnknownArticle);
        site.MapRead("/categories", CategoriesAsync)
            .Describe("listCategories", "Lists the categories, with the number of published articles of each.")
            .AnswersPage<CategoryItem>("A page of the list, by `order` and slug.");
    }

    private static async Task<IResult> ListAsync(
        string site,
        HttpRequest request,
        ContentContext database,
        ArticleQueries queries
    )
    {
        if (!TryReadList(request, Sorts, out var list, out var problem))
        {
            return problem;
        }
        var cancel = request.HttpContext.RequestAborted;
        var articles = database.PublishedArticles(site).InCategory(request.Query["category"]);
        var (items, total) = await queries.ListAsync(articles, site, list, cancel);
        var snippets = list.Search is null
            ? null
            : await queries.SnippetsAsync([.. items.Select(item => item.Article.Id)], list.Search, cancel);
        return ETagResult.Json(
            PagedList.Of<ArticleItem>(
                [
                    .. items.Select(item => new ArticleItem(
                        item.Article,
                        item.Views,
                        snippets?.GetValueOrDefault(item.Article.Id)
                    )),
                ],
                total,
                list.Paging
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
            ? ETagResult.Json(new ArticleDetail(article, views))
            : Moved(context, $"/api/sites/{site}/articles/{article.Slug}");
    }

    /// <summary>By the date that readers see, which an index serves.</summary>
    public static IQueryable<Article> NewestFirst(this IQueryable<Article> articles) =>
        articles.OrderByDescending(article => article.ListedAt).ThenBy(article => article.Id);

    /// <summary>The order that is asked for, as <see cref="TryReadList"/> reads it.</summary>
    public static ApiField SortBy(IReadOnlyDictionary<string, ArticleSort> sorts) =>
        new(
            "sort",
            "The order; when it is left out, of a search how well it was found, and `newest` otherwise.",
            ApiValue.OneOf(sorts.Keys)
        );

    /// <summary>Documents <see cref="Moved"/>.</summary>
    public static RouteHandlerBuilder AnswersMoved(this RouteHandlerBuilder route, string example) =>
        route.Answers(
            StatusCodes.Status301MovedPermanently,
            "The slug is an older one of this article.",
            ApiFields.Location("The address with the present slug.", example)
        );

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
        database
            .CategoriesInOrder(site)
            .Select(category => new CategoryItem(
                category.Slug,
                category.Name,
                database.Articles.Count(article =>
                    article.Site == site && article.Category == category.Slug && article.State == ArticleState.Published
                )
            ))
            .ReplyAsync(request, category => category);

    /// <summary>The categories of a site, in their order.</summary>
    public static IQueryable<Category> CategoriesInOrder(this ContentContext database, string site) =>
        database
            .Categories.Where(category => category.Site == site)
            .OrderBy(category => category.Order)
            .ThenBy(category => category.Slug);

    /// <summary>What visitors can read.</summary>
    public static IQueryable<Article> PublishedArticles(this ContentContext database, string site) =>
        database.Articles.Where(article => article.Site == site && article.State == ArticleState.Published);

    /// <summary>
    /// Reads what a list of articles takes: <see cref="TryReadSearch"/> and <c>sort</c>; without it a search is in the
    /// order of how well something was found, and a list newest first.
    /// </summary>
    public static bool TryReadList(
        HttpRequest request,
        IReadOnlyDictionary<string, ArticleSort> sorts,
        [NotNullWhen(true)] out ArticleList? list,
        [NotNullWhen(false)] out IResult? problem
    )
    {
        list = null;
        if (!TryReadSearch(request, out var paging, out var search, out problem))
        {
            return false;
        }
        var sort = search is null ? ArticleSort.Newest : ArticleSort.Relevance;
        if ((string?)request.Query["sort"] is { Length: > 0 } name && !sorts.TryGetValue(name, out sort))
        {
            problem = Problem.Of(CommonProblems.InvalidSort, detail: string.Join(", ", sorts.Keys));
            return false;
        }
        list = new ArticleList(search, sort, paging);
        return true;
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

    /// <summary>Reads what every search takes: <c>page</c>, <c>pageSize</c>, <c>q</c>.</summary>
    public static bool TryReadSearch(
        HttpRequest request,
        out Paging paging,
        out SearchQuery? search,
        [NotNullWhen(false)] out IResult? problem
    )
    {
        string? text = request.Query["q"];
        var isRead = Paging.TryRead(request, out paging);
        problem =
            !isRead ? Problem.Of(CommonProblems.InvalidPaging)
            : text?.Length > MaxSearch && !string.IsNullOrWhiteSpace(text) ? Problem.Of(CommonProblems.InvalidSearch)
            : null;
        search = problem is null && !string.IsNullOrWhiteSpace(text) ? SearchQuery.Parse(text) : null;
        return problem is null;
    }
}

/// <summary>A category as visitors see it.</summary>
/// <param name="Slug">Names it.</param>
/// <param name="Name">Plain text.</param>
/// <param name="Articles">How many published articles it has.</param>
internal sealed record CategoryItem(string Slug, string Name, int Articles);
