using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.Housekeeping;

/// <summary>No background work of counting ends, or ends the process, when its store or the bus fails.</summary>
public sealed class BackgroundWorkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_background_work_outlives_a_store_that_is_away_and_a_bus_that_takes_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        using var folder = new TemporaryDirectory();
        await using var process = new CountingProcess(
            redis,
            new Site { Id = StoreFixture.NewSite() },
            null,
            ("Counting:AcknowledgedFile", folder.File("acknowledged"))
        );
        Assert.Equal(
            [
                "announcing the views of all pages",
                "announcing the views of sites",
                "announcing views",
                "answering views that waited too long",
                "asking for published pages",
                "comparing the ledgers with what was acknowledged",
                "counting the dead letters",
                "housekeeping of the ledgers",
                "keeping what was acknowledged",
                "looking again at damaged ledgers",
            ],
            process.Work.Select(each => each.Name).Order(StringComparer.Ordinal)
        );
        await process.PublishAsync("/articles/a");
        process.Events.IsAway = true;
        await Task.WhenAll(process.Work.Select(each => each.StartAsync(Cancel)));
        await process.ViewAsync("/articles/a");
        await Eventually.HoldsAsync(() => process.Events.Tries > 0, "the bus is tried", Cancel);
        await redis.KillAsync();
        var tries = process.Events.Tries;
        await Eventually.HoldsAsync(() => process.Events.Tries > tries, "what was read is tried again", Cancel);

        await redis.StartAgainAsync();
        process.Events.IsAway = false;
        await Eventually.HoldsAsync(
            () => process.Events.Taken.Any(each => each.Path == "/articles/a" && each.Views == 1),
            "the view is announced",
            Cancel
        );
        Assert.All(process.Work, each => Assert.False(each.ExecuteTask!.IsCompleted, each.Name));
        await Task.WhenAll(process.Work.Select(each => each.StopAsync(Cancel)));
    }
}
