using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Content.ShowViews;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Tests.ShowViews;

/// <summary>
/// Views as counting tells them: in any order, more than once, from a store that may have been set back.
/// </summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ShowViewsTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task A_shuffled_and_repeated_stream_leaves_the_number_of_the_highest_version(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        // Of a store that goes on, and of one that was set back and then counted less under a higher epoch.
        var told = Gen.Select(
            Gen.Int[1, 3],
            Gen.Int[1, 30],
            (epoch, commit) => (Epoch: epoch, Commit: commit, Views: (long)(commit * 10) + (3 - epoch))
        );
        await told.Array[1, 12]
            .SampleAsync(
                async events =>
                {
                    var site = app.NewSite();
                    var article = await app.WriteAndPublishAsync(site, "Một");
                    await using var scope = app.Services.CreateAsyncScope();
                    var context = scope.ServiceProvider.GetRequiredService<ContentContext>();
                    foreach (var (epoch, commit, views) in events)
                    {
                        await ShowViewsConsumer.ShowAsync(context, site, article.Slug, views, epoch, commit, Cancel);
                    }
                    var highest = events.MaxBy(each => (each.Epoch, each.Commit));
                    var shown = (await app.GetAsync(site, "articles/mot")).Json.GetProperty("views").GetInt64();
                    return shown == highest.Views;
                },
                iter: 15,
                threads: 1
            );
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_two_that_come_at_the_same_time_the_higher_version_stays(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Hai");
        await Parallel.ForEachAsync(
            Enumerable.Range(1, 60),
            Cancel,
            async (commit, cancel) =>
            {
                await using var scope = app.Services.CreateAsyncScope();
                await ShowViewsConsumer.ShowAsync(
                    scope.ServiceProvider.GetRequiredService<ContentContext>(),
                    site,
                    article.Slug,
                    commit,
                    1,
                    commit,
                    cancel
                );
            }
        );
        Assert.Equal(60, (await app.GetAsync(site, "articles/hai")).Json.GetProperty("views").GetInt64());
    }

    [Theory]
    [EveryDatabase]
    public async Task What_is_no_articles_page_leaves_nothing_behind(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await using var scope = app.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ContentContext>();
        Assert.False(await ShowViewsConsumer.ShowAsync(context, site, "khong-co", 7, 1, 1, Cancel));
        Assert.False(await context.PageViews.AnyAsync(views => views.Site == site, Cancel));
    }
}
