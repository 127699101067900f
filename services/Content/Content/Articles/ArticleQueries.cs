using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>The orders of a list of articles. Each but that of a search is served by an index.</summary>
internal enum ArticleSort
{
    Newest,
    MostViewed,

    /// <summary>The last change first.</summary>
    Changed,

    /// <summary>Of a search: how it was found, then newest.</summary>
    Relevance,
}

/// <summary>What a list of articles is asked for.</summary>
internal sealed record ArticleList(SearchQuery? Search, ArticleSort Sort, Paging Paging);

/// <summary>Reads articles with their views.</summary>
internal sealed class ArticleQueries(ContentContext database)
{
    /// <summary>
    /// A part of the articles of <paramref name="from"/>, without their bodies, and how many there are.
    /// </summary>
    public async Task<(IReadOnlyList<(ArticleHeader Article, long Views)> Items, int Total)> ListAsync(
        IQueryable<Article> from,
        string site,
        ArticleList list,
        CancellationToken cancel
    )
    {
        // Nothing is found by punctuation.
        if (list.Search is { IsEmpty: true })
        {
            return ([], 0);
        }
        var all = list.Search is null ? from : Found(from, site, list.Search).Select(each => each.Article);
        var total = await all.CountAsync(cancel);
        var ordered = (list.Search, list.Sort) switch
        {
            (null, ArticleSort.MostViewed) => MostViewed(from, site),
            ({ } search, ArticleSort.MostViewed) => Found(from, site, search)
                .Join(
                    database.ArticleViews,
                    each => each.Article.Id,
                    views => views.ArticleId,
                    (each, views) => new { each.Article, views.Views }
                )
                .OrderByDescending(each => each.Views)
                .ThenByDescending(each => each.Article.ListedAt)
                .ThenBy(each => each.Article.Id)
                .Select(each => each.Article),
            (_, ArticleSort.Changed) => all.OrderByDescending(article => article.ChangedAt)
                .ThenBy(article => article.Id),
            ({ } search, ArticleSort.Relevance) => Found(from, site, search)
                .OrderBy(each => each.Rank)
                .ThenByDescending(each => each.Article.ListedAt)
                .ThenBy(each => each.Article.Id)
                .Select(each => each.Article),
            _ => all.NewestFirst(),
        };
        var articles = await ordered
            .Skip(list.Paging.Skip)
            .Take(list.Paging.Size)
            .Select(article => new ArticleHeader
            {
                Id = article.Id,
                Slug = article.Slug,
                State = article.State,
                Title = article.Title,
                Summary = article.Summary,
                Author = article.Author,
                Category = article.Category,
                CoverImage = article.CoverImage,
                CoverAlt = article.CoverAlt,
                Format = article.Format,
                PublishedAt = article.PublishedAt,
                CreatedAt = article.CreatedAt,
                ChangedAt = article.ChangedAt,
                ChangedBy = article.ChangedBy,
                Version = article.Version,
            })
            .AsNoTracking()
            .ToListAsync(cancel);
        var ids = articles.Select(article => article.Id).ToArray();
        var views = await database
            .ArticleViews.Where(each => ids.Contains(each.ArticleId))
            .ToDictionaryAsync(each => each.ArticleId, each => each.Views, cancel);
        return ([.. articles.Select(article => (article, views.GetValueOrDefault(article.Id)))], total);
    }

    /// <summary>Where a search found articles in their texts. One text at a time: they may be long.</summary>
    public async Task<IReadOnlyDictionary<Guid, Snippet>> SnippetsAsync(
        Guid[] articles,
        SearchQuery search,
        CancellationToken cancel
    )
    {
        var snippets = new Dictionary<Guid, Snippet>();
        await foreach (
            var text in database
                .SearchDocuments.AsNoTracking()
                .Where(document => articles.Contains(document.Subject))
                .Select(document => new { document.Subject, document.Plain })
                .AsAsyncEnumerable()
                .WithCancellation(cancel)
        )
        {
            if (Snippet.Of(text.Plain, search) is { Hits.Count: > 0 } snippet)
            {
                snippets.Add(text.Subject, snippet);
            }
        }

        return snippets;
    }

    private IQueryable<FoundArticle> Found(IQueryable<Article> from, string site, SearchQuery search) =>
        // From what was found to its articles: the other way round, the index would be asked once an article.
        SearchIndex
            .Find(database, site, SearchIndex.Articles, search)
            .Join(
                from,
                found => found.Subject,
                article => article.Id,
                (found, article) => new FoundArticle { Article = article, Rank = found.Rank }
            );

    private IQueryable<Article> MostViewed(IQueryable<Article> from, string site) =>
        database
            .ArticleViews.Where(views => views.Site == site)
            .Join(from, views => views.ArticleId, article => article.Id, (views, article) => new { views, article })
            .OrderByDescending(each => each.views.Views)
            .ThenByDescending(each => each.views.ListedAt)
            .ThenBy(each => each.views.ArticleId)
            .Select(each => each.article);

    /// <summary>The published article that has or had this slug, with its views; null for none.</summary>
    public async Task<(Article Article, long Views)?> FindAsync(string site, string slug, CancellationToken cancel)
    {
        var article = await database
            .Slugs.Where(each => each.Site == site && each.Slug == slug)
            .Join(database.Articles, each => each.ArticleId, article => article.Id, (each, article) => article)
            .Where(article => article.State == ArticleState.Published)
            .AsNoTracking()
            .FirstOrDefaultAsync(cancel);
        return article is null ? null : (article, await ViewsAsync(article.Id, cancel));
    }

    /// <summary>The shown total of an article: over all pages that it has and had.</summary>
    public Task<long> ViewsAsync(Guid article, CancellationToken cancel) =>
        database
            .ArticleViews.Where(views => views.ArticleId == article)
            .Select(views => views.Views)
            .FirstOrDefaultAsync(cancel);

    private sealed class FoundArticle
    {
        public required Article Article { get; init; }

        public required int Rank { get; init; }
    }
}
