using MassTransit;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;
using PortalServices.Contracts;

namespace PortalServices.Content.ShowViews;

/// <summary>
/// Shows the views of an article's page. Events come in any order and more than once: the highest version stays. What
/// is of no article here is left alone; counting tells it again.
/// </summary>
internal sealed class ShowViewsConsumer(ContentContext database) : IConsumer<PageViewsCounted>
{
    public Task Consume(ConsumeContext<PageViewsCounted> context)
    {
        var counted = context.Message;
        return ArticlePath.SlugOf(counted.Path) is { } slug
            ? ShowAsync(
                database,
                counted.Site,
                slug,
                counted.Views,
                counted.Epoch,
                counted.Commit,
                context.CancellationToken
            )
            : Task.CompletedTask;
    }

    /// <summary>
    /// Shows it with the total of its article, in one commit. Of two pages that come at the same time the second waits
    /// for the first, because both give their site another revision; else each would miss the other in the sum.
    /// </summary>
    /// <returns>Whether there is such an article, and the number is newer than the one shown.</returns>
    internal static async Task<bool> ShowAsync(
        ContentContext database,
        string site,
        string slug,
        long views,
        long epoch,
        long commit,
        CancellationToken cancel
    )
    {
        // Most of what is told again is known, and costs no lock.
        if (
            await database.PageViews.AnyAsync(
                each =>
                    each.Site == site
                    && each.Slug == slug
                    && (each.Epoch > epoch || (each.Epoch == epoch && each.Commit >= commit)),
                cancel
            )
        )
        {
            return false;
        }
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        var shown = await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "PageViews" ("Site", "Slug", "Views", "Epoch", "Commit")
            SELECT "Site", "Slug", {views}, {epoch}, {commit} FROM "Slugs" WHERE "Site" = {site} AND "Slug" = {slug}
            ON CONFLICT ("Site", "Slug") DO UPDATE SET "Views" = excluded."Views", "Epoch" = excluded."Epoch", "Commit" = excluded."Commit"
            WHERE (excluded."Epoch", excluded."Commit") > ("PageViews"."Epoch", "PageViews"."Commit")
            """,
            cancel
        );
        if (shown == 0)
        {
            return false;
        }
        await database
            .ArticleViews.Where(each =>
                database.Slugs.Any(owned =>
                    owned.Site == site && owned.Slug == slug && owned.ArticleId == each.ArticleId
                )
            )
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(
                        each => each.Views,
                        each =>
                            database
                                .Slugs.Where(owned => owned.ArticleId == each.ArticleId)
                                .Join(
                                    database.PageViews,
                                    owned => new { owned.Site, owned.Slug },
                                    page => new { page.Site, page.Slug },
                                    (owned, page) => page.Views
                                )
                                .Sum()
                    ),
                cancel
            );
        await transaction.CommitAsync(cancel);
        return true;
    }
}
