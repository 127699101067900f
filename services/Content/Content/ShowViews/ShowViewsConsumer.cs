using MassTransit;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;
using PortalServices.Contracts;

namespace PortalServices.Content.ShowViews;

/// <summary>
/// Shows the views of an article's page. Events come in any order and more than once: the highest version stays. What is of no article here is left alone;
/// counting tells it again.
/// </summary>
internal sealed class ShowViewsConsumer(ContentContext database) : IConsumer<PageViewsCounted>
{
    public Task Consume(ConsumeContext<PageViewsCounted> context)
    {
        var counted = context.Message;
        return ArticlePath.SlugOf(counted.Path) is { } slug
            ? ShowAsync(database, counted.Site, slug, counted.Views, counted.Epoch, counted.Commit, context.CancellationToken)
            : Task.CompletedTask;
    }

    /// <summary>
    /// Shows it with the total of its article, in one commit. The article's total is locked first: of two of its pages that come at the same time, each would
    /// else miss the other in the sum.
    /// </summary>
    /// <returns>Whether there is such an article, and the number is newer than the one shown.</returns>
    internal static async Task<bool> ShowAsync(
        ContentContext database, string site, string slug, long views, long epoch, long commit, CancellationToken cancel)
    {
        // Most of what is told again is known, and costs no lock.
        if (await database.PageViews.AnyAsync(
            each => each.Site == site && each.Slug == slug && (each.Epoch > epoch || (each.Epoch == epoch && each.Commit >= commit)), cancel))
            return false;
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        var article = await (database.Database.IsNpgsql() ? database.Database.SqlQuery<Guid>(
            $"""
            SELECT "ArticleId" FROM "ArticleViews"
            WHERE "ArticleId" = (SELECT "ArticleId" FROM "Slugs" WHERE "Site" = {site} AND "Slug" = {slug}) FOR UPDATE
            """) : database.Slugs.Where(each => each.Site == site && each.Slug == slug).Select(each => each.ArticleId)).ToListAsync(cancel);
        if (article.Count == 0 || await PutAsync(database, site, slug, views, epoch, commit, cancel) == 0)
            return false;
        await database.ArticleViews.Where(each => each.ArticleId == article[0]).ExecuteUpdateAsync(
            set => set.SetProperty(each => each.Views, database.Slugs.Where(owned => owned.ArticleId == article[0])
                .Join(database.PageViews, owned => new { owned.Site, owned.Slug }, page => new { page.Site, page.Slug }, (owned, page) => page.Views).Sum()),
            cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    static Task<int> PutAsync(ContentContext database, string site, string slug, long views, long epoch, long commit, CancellationToken cancel) =>
        database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "PageViews" ("Site", "Slug", "Views", "Epoch", "Commit") VALUES ({site}, {slug}, {views}, {epoch}, {commit})
            ON CONFLICT ("Site", "Slug") DO UPDATE SET "Views" = excluded."Views", "Epoch" = excluded."Epoch", "Commit" = excluded."Commit"
            WHERE (excluded."Epoch", excluded."Commit") > ("PageViews"."Epoch", "PageViews"."Commit")
            """, cancel);
}
