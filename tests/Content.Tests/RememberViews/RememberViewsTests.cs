using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Content.RememberViews;
using PortalServices.Content.Storage;
using PortalServices.Contracts;
using PortalServices.Database;

namespace PortalServices.Content.Tests.RememberViews;

/// <summary>
/// How far counting had come with a site is kept here, and told before a later epoch takes its place.
/// </summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class RememberViewsTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task The_highest_version_is_kept_and_told_when_a_later_epoch_comes_or_somebody_asks(
        DatabaseKind database
    )
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        List<SiteViewsRemembered> told = [];
        var taken = true;
        async Task RememberAsync(long epoch, long commit, long views, bool recall = false)
        {
            await using var scope = app.Services.CreateAsyncScope();
            await RememberViewsConsumer.RememberAsync(
                scope.ServiceProvider.GetRequiredService<ContentContext>(),
                new SiteViewsCounted
                {
                    Site = site,
                    Epoch = epoch,
                    Commit = commit,
                    Views = views,
                    Recall = recall,
                },
                remembered =>
                {
                    told.Add(remembered);
                    return Task.FromResult(taken);
                },
                Cancel
            );
        }

        await RememberAsync(0, 0, 0, recall: true);
        await RememberAsync(1, 10, 100);
        await RememberAsync(1, 12, 120);
        await RememberAsync(1, 11, 110);
        Assert.Empty(told);
        await RememberAsync(0, 0, 0, recall: true);
        Assert.Equal((1, 12, 120), Version(Assert.Single(told)));

        // Not told, it stays.
        taken = false;
        await RememberAsync(2, 5, 50);
        taken = true;
        await RememberAsync(2, 6, 60);
        Assert.Equal([(1, 12, 120), (1, 12, 120)], told.Skip(1).Select(Version));
        await RememberAsync(2, 7, 70);
        Assert.Equal(3, told.Count);
        await using var scope = app.Services.CreateAsyncScope();
        var kept = await scope
            .ServiceProvider.GetRequiredService<ContentContext>()
            .SiteViews.SingleAsync(each => each.Site == site, Cancel);
        Assert.Equal((2, 7, 70), (kept.Epoch, kept.Commit, kept.Views));
    }

    private static (long Epoch, long Commit, long Views) Version(SiteViewsRemembered told) =>
        (told.Epoch, told.Commit, told.Views);
}
