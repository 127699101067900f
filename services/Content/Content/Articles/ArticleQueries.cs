using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;
using PortalServices.ServiceDefaults;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>The orders of a list of articles.</summary>
internal enum ArticleSort
{
    Newest,
    MostViewed,

    /// <summary>Of a search: how it was found, then newest.</summary>
    Relevance,
}

/// <summary>Reads articles with their views.</summary>
internal sealed class ArticleQueries(ContentContext database)
{
    /// <summary>A part of the articles of <paramref name="from"/>, and how many there are.</summary>
    public async Task<(IReadOnlyList<(Article Article, long Views)> Items, int Total)> ListAsync(
        IQueryable<Article> from, string site, SearchQuery? search, ArticleSort sort, Paging paging, CancellationToken cancel)
    {
        // Nothing is found by punctuation.
        if (search is { IsEmpty: true })
            return ([], 0);
        var ranked = search is null
            ? from.Select(article => new { article, Rank = 0 })
            : from.Join(SearchIndex.Find(database, site, SearchIndex.Articles, search), article => article.Id, found => found.Subject, (article, found) => new { article, found.Rank });
        var total = await ranked.CountAsync(cancel);
        var ordered = sort switch
        {
            ArticleSort.MostViewed => ranked.OrderByDescending(each => database.Slugs.Where(slug => slug.ArticleId == each.article.Id)
                .Join(database.PageViews, slug => new { slug.Site, slug.Slug }, views => new { views.Site, views.Slug }, (slug, views) => views.Views).Sum()),
            ArticleSort.Relevance => ranked.OrderBy(each => each.Rank),
            _ => ranked.OrderBy(each => 0),
        };
        var articles = await ordered.ThenByDescending(each => each.article.PublishedAt ?? each.article.CreatedAt).ThenBy(each => each.article.Id)
            .Select(each => each.article).Skip(paging.Skip).Take(paging.Size).AsNoTracking().ToListAsync(cancel);
        return (await WithViewsAsync(articles, cancel), total);
    }

    /// <summary>The published article that has or had this slug, with its views; null for none.</summary>
    public async Task<(Article Article, long Views)?> FindAsync(string site, string slug, CancellationToken cancel)
    {
        var article = await database.Slugs.Where(each => each.Site == site && each.Slug == slug)
            .Join(database.Articles, each => each.ArticleId, article => article.Id, (each, article) => article)
            .Where(article => article.State == ArticleState.Published).AsNoTracking().FirstOrDefaultAsync(cancel);
        return article is null ? null : (article, await ViewsAsync(article.Id, cancel));
    }

    /// <summary>The shown total of an article: over all pages that it has and had.</summary>
    public Task<long> ViewsAsync(Guid article, CancellationToken cancel) => database.Slugs.Where(slug => slug.ArticleId == article)
        .Join(database.PageViews, slug => new { slug.Site, slug.Slug }, views => new { views.Site, views.Slug }, (slug, views) => views.Views).SumAsync(cancel);

    async Task<IReadOnlyList<(Article, long)>> WithViewsAsync(List<Article> articles, CancellationToken cancel)
    {
        var ids = articles.Select(article => article.Id).ToArray();
        var views = await database.Slugs.Where(slug => ids.Contains(slug.ArticleId))
            .Join(database.PageViews, slug => new { slug.Site, slug.Slug }, each => new { each.Site, each.Slug }, (slug, each) => new { slug.ArticleId, each.Views })
            .GroupBy(each => each.ArticleId).Select(group => new { group.Key, Views = group.Sum(each => each.Views) })
            .ToDictionaryAsync(each => each.Key, each => each.Views, cancel);
        return [.. articles.Select(article => (article, views.GetValueOrDefault(article.Id)))];
    }
}
