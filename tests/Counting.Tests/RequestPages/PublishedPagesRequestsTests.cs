using PortalServices.Counting.AnnounceViews;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.RequestPages;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.RequestPages;

/// <summary>
/// Counting asks content for the publications when it starts and when the ledger is of another epoch.
/// </summary>
public sealed class PublishedPagesRequestsTests
{
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_asks_at_the_start_and_at_each_epoch_and_then_announces_all_pages_anew()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site);
        var changed = process.Get<ChangedPages>();
        await RunAsync(process);
        Assert.Equal([(_site.Id, 0L)], Asked(process));
        // Nothing has happened since.
        await RunAsync(process);
        Assert.Single(Asked(process));
        Assert.False(changed.TakeOverflow(_site.Id));

        var first = (await process.ViewAsync("/articles/a")).Site!.Version.Epoch;
        await process.ViewAsync("/articles/a");
        await RunAsync(process);
        Assert.Equal([0, first], Asked(process).Select(each => each.Epoch));
        Assert.True(changed.TakeOverflow(_site.Id));

        // The store is another process: the next commit begins an epoch.
        await redis.RestartAsync();
        await RunAsync(process);
        Assert.Equal(2, Asked(process).Count);
        var second = await EpochOfNextViewAsync(process, first);
        await RunAsync(process);
        await RunAsync(process);
        Assert.Equal([0, first, second], Asked(process).Select(each => each.Epoch));
        Assert.True(changed.TakeOverflow(_site.Id));
        Assert.False(changed.TakeOverflow(_site.Id));
    }

    [Fact]
    public async Task A_store_that_comes_back_empty_is_seen_by_a_read()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site);
        var epoch = (await process.ViewAsync("/articles/a")).Site!.Version.Epoch;
        await RunAsync(process);
        await using (var connection = await redis.ConnectAsync())
        {
            await connection.GetDatabase().KeyDeleteAsync(CountingKeys.Ledger(_site.Id));
        }

        await process.ReadAsync(process.Site.Calendar.Of(TimeProvider.System.GetUtcNow()));
        await RunAsync(process);
        Assert.Equal([epoch, 0], Asked(process).Select(each => each.Epoch));
    }

    [Fact]
    public async Task While_the_bus_takes_nothing_it_asks_again_less_and_less_often_and_while_the_store_is_away_it_waits()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(
            redis,
            _site,
            settings: ("Counting:AnswerWithin", "00:00:00.500")
        );
        var requests = process.Get<PublishedPagesRequests>();
        await redis.KillAsync();
        await requests.RunAsync(Cancel);
        Assert.Equal(0, process.Events.Tries);

        await redis.StartAgainAsync();
        process.Events.IsAway = true;
        List<TimeSpan> waits = [];
        await Testing.Eventually.HoldsAsync(
            async () =>
            {
                waits.Add(await requests.RunAsync(Cancel));
                return process.Events.Tries >= 4;
            },
            "it was tried",
            Cancel
        );
        Assert.True(waits[^1] > waits[0], string.Join(", ", waits));
        Assert.True(waits[^1] <= ViewAnnouncer.WhileNothingIsTaken.Max);
        process.Events.IsAway = false;
        await RunAsync(process);
        Assert.Equal([(_site.Id, 0L)], Asked(process));
    }

    private static async Task RunAsync(CountingProcess process) =>
        await process.Get<PublishedPagesRequests>().RunAsync(Cancel);

    private static List<(string Site, long Epoch)> Asked(CountingProcess process) =>
        [.. process.Events.Requests.Select(each => (each.Site, each.Epoch))];

    private static Task<long> EpochOfNextViewAsync(CountingProcess process, long before) =>
        Testing.Eventually.BecomesAsync(
            async () => (await process.ViewAsync("/articles/a")).Site?.Version.Epoch ?? before,
            epoch => epoch > before,
            "a later epoch",
            Cancel
        );
}
