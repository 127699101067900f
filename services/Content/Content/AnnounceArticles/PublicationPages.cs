using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;
using PortalServices.Contracts;

namespace PortalServices.Content.AnnounceArticles;

/// <summary>
/// The articles of a site that visitors can read or could once, as many at a time as a message takes, in the order in
/// which an index has them.
/// </summary>
internal static class PublicationPages
{
    /// <summary>The message after a place, and where it ends; null at the end.</summary>
    /// <remarks>
    /// One whose date is changed meanwhile may be left out: a change is an event of its own, or it comes with the next
    /// turn.
    /// </remarks>
    public static async Task<(PublicationsAnnounced Message, Place End)?> NextAsync(
        ContentContext database,
        string site,
        Place after,
        CancellationToken cancel
    )
    {
        var (listedAt, id) = after;
        var articles = await database
            .Articles.AsNoTracking()
            .Where(article =>
                article.Site == site
                && article.ListedAt <= listedAt
                && (article.ListedAt < listedAt || article.Id > id)
                // One that was withdrawn may be scheduled again.
                && (
                    article.State == ArticleState.Published
                    || article.State == ArticleState.Withdrawn
                    || database.Slugs.Any(slug => slug.ArticleId == article.Id && slug.WasPublic)
                )
            )
            .OrderByDescending(article => article.ListedAt)
            .ThenBy(article => article.Id)
            .Take(PublicationsAnnounced.MaxArticles)
            .Select(article => new
            {
                article.Id,
                article.Slug,
                article.State,
                article.Version,
                article.ListedAt,
                Slugs = database.Slugs.Count(slug => slug.ArticleId == article.Id),
            })
            .ToListAsync(cancel);
        if (articles.Count == 0)
        {
            return null;
        }
        // As many as fit, and at least one.
        var paths = 0;
        var fitting = articles
            .TakeWhile((article, i) => (paths += article.Slugs) <= PublicationsAnnounced.MaxPaths || i == 0)
            .ToList();
        Guid[] ids = [.. fitting.Select(article => article.Id)];
        var slugs = (
            await database
                .Slugs.AsNoTracking()
                .Where(slug => ids.Contains(slug.ArticleId))
                .Select(slug => new { slug.ArticleId, slug.Slug })
                .ToListAsync(cancel)
        ).ToLookup(slug => slug.ArticleId, slug => slug.Slug);
        var message = new PublicationsAnnounced
        {
            Site = site,
            Articles =
            [
                .. fitting.Select(article => new ArticlePublication
                {
                    Article = article.Id,
                    IsPublished = article.State == ArticleState.Published,
                    Version = article.Version,
                    Paths = [ArticlePath.Of(article.Slug), .. ArticlePath.PreviousOf(article.Slug, slugs[article.Id])],
                }),
            ],
        };
        return (message, new Place(fitting[^1].ListedAt, fitting[^1].Id));
    }
}

/// <summary>
/// Behind an article, in the order of <see cref="PublicationPages"/>: the newest first, among equals by their ids.
/// </summary>
internal readonly record struct Place(long ListedAt, Guid Id)
{
    /// <summary>Before the first.</summary>
    public static readonly Place Start = new(long.MaxValue, Guid.Empty);
}
