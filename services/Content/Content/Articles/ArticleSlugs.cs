using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>
/// Which article has which slug. One under which readers could find an article, or that has views, is never given to
/// another.
/// </summary>
internal sealed class ArticleSlugs(ContentContext database)
{
    private const string OfNoLetters = "bai-viet";

    /// <summary>Slugs that an article can have had, its present one included: its event names all of them.</summary>
    public const int MaxPerArticle = 100;

    /// <summary>Gives an article, with the changes that are saved next, a slug that is free or its own.</summary>
    /// <exception cref="TooManySlugsException">It has had as many as an article can.</exception>
    public async Task MoveAsync(Article article, string slug, CancellationToken cancel)
    {
        if (!await database.Slugs.AnyAsync(each => each.Site == article.Site && each.Slug == slug, cancel))
        {
            if (await database.Slugs.CountAsync(each => each.ArticleId == article.Id, cancel) >= MaxPerArticle)
            {
                throw new TooManySlugsException();
            }
            database.Add(
                new ArticleSlug
                {
                    Site = article.Site,
                    Slug = slug,
                    ArticleId = article.Id,
                }
            );
        }

        article.Slug = slug;
    }

    /// <summary>
    /// The slug, or the first of <c>-2</c>, <c>-3</c> … that is free or the article's own. Of many who want it at the
    /// same time all but one try again, and each time spread over twice as many numbers.
    /// </summary>
    public async Task<string> FindFreeAsync(
        string site,
        string wanted,
        Guid? own,
        int attempt,
        CancellationToken cancel
    )
    {
        if (wanted.Length == 0)
        {
            wanted = OfNoLetters;
        }
        var stem = wanted.Length <= Slug.MaxLength - 5 ? wanted : wanted[..(Slug.MaxLength - 5)].TrimEnd('-');
        var taken = await database
            .Slugs.Where(each =>
                each.Site == site && (each.Slug == wanted || each.Slug.StartsWith(stem + "-")) && each.ArticleId != own
            )
            .Select(each => each.Slug)
            .Union(
                database
                    .RetiredSlugs.Where(each =>
                        each.Site == site && (each.Slug == wanted || each.Slug.StartsWith(stem + "-"))
                    )
                    .Select(each => each.Slug)
            )
            .ToHashSetAsync(cancel);
        if (!taken.Contains(wanted))
        {
            return wanted;
        }
#pragma warning disable CA5394 // Nothing is secret here.
        var skip = attempt == 1 ? 0 : Random.Shared.Next(1 << attempt);
#pragma warning restore CA5394
        var number = 2;
        while (taken.Contains($"{stem}-{number}") || skip-- > 0)
        {
            number++;
        }
        return $"{stem}-{number}";
    }

    /// <summary>Takes all slugs from an article that is deleted in this transaction.</summary>
    public async Task ReleaseAsync(Article article, CancellationToken cancel)
    {
        var known = await database
            .Slugs.Where(slug =>
                slug.ArticleId == article.Id
                && (
                    slug.WasPublic
                    || database.PageViews.Any(views => views.Site == slug.Site && views.Slug == slug.Slug)
                )
            )
            .AsNoTracking()
            .ToListAsync(cancel);
        database.RetiredSlugs.AddRange(
            known.Select(slug => new RetiredSlug
            {
                Site = slug.Site,
                Slug = slug.Slug,
                ArticleId = slug.ArticleId,
            })
        );
        await database.Slugs.Where(slug => slug.ArticleId == article.Id).ExecuteDeleteAsync(cancel);
    }
}

/// <summary>An article cannot have another slug: it has had as many as it can.</summary>
internal sealed class TooManySlugsException()
    : Exception($"An article has at most {ArticleSlugs.MaxPerArticle} slugs.");
