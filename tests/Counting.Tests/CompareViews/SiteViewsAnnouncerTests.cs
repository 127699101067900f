using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.CompareViews;
using PortalServices.Counting.Tests.Fixtures;

namespace PortalServices.Counting.Tests.CompareViews;

/// <summary>Content is told how far each ledger has come, and asked what it had kept before.</summary>
public sealed class SiteViewsAnnouncerTests(StoreFixture store)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_state_is_told_where_it_has_changed_and_the_kept_one_is_asked_for_at_the_start_and_for_a_new_epoch()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var counting = new CountingProcess(
            store,
            new Site { Id = StoreFixture.NewSite(), Zone = TimeZoneInfo.Utc },
            time
        );
        var announcer = counting.Get<SiteViewsAnnouncer>();
        await announcer.RunAsync(Cancel);
        await announcer.RunAsync(Cancel);
        var start = Assert.Single(counting.Events.OfSites);
        Assert.Equal((0, 0, true), (start.Epoch, start.Views, start.Recall));

        await counting.ViewAsync("/a");
        await announcer.RunAsync(Cancel);
        await announcer.RunAsync(Cancel);
        await counting.ViewAsync("/a");
        await announcer.RunAsync(Cancel);
        Assert.Equal(
            [(0, true), (1, true), (2, false)],
            counting.Events.OfSites.Select(each => (each.Views, each.Recall))
        );

        time.Advance(SiteViewsAnnouncer.RecallEvery);
        await announcer.RunAsync(Cancel);
        Assert.Equal((2, true), (counting.Events.OfSites[^1].Views, counting.Events.OfSites[^1].Recall));
    }
}
