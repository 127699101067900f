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

    /// <summary>One statement, so that of two that come at the same time the higher version stays.</summary>
    internal static Task<int> ShowAsync(ContentContext database, string site, string slug, long views, long epoch, long commit, CancellationToken cancel) =>
        database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "PageViews" ("Site", "Slug", "Views", "Epoch", "Commit")
            SELECT "Site", "Slug", {views}, {epoch}, {commit} FROM "Slugs" WHERE "Site" = {site} AND "Slug" = {slug}
            ON CONFLICT ("Site", "Slug") DO UPDATE SET "Views" = excluded."Views", "Epoch" = excluded."Epoch", "Commit" = excluded."Commit"
            WHERE (excluded."Epoch", excluded."Commit") > ("PageViews"."Epoch", "PageViews"."Commit")
            """, cancel);
}
