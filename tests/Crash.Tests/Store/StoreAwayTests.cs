using System.Globalization;
using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Store;

/// <summary>Without its store counting says so, and picks up by itself when the store is there.</summary>
public sealed class StoreAwayTests : IDisposable
{
    private readonly TemporaryDirectory _seeds = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _seeds.Dispose();

    [Fact]
    public async Task A_start_without_the_store_answers_503_until_the_store_is_there()
    {
        await using var redis = RedisServer.Prepare();
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]);

        var view = new ViewCall("/a") { View = ViewCall.NewId() };
        AssertAway(await replica.Internal.ViewAsync("site", view, Cancel));
        AssertAway(await replica.Internal.StatsAsync("site", Cancel));

        await redis.StartAgainAsync();
        var reply = await Eventually.BecomesAsync(
            () => replica.Internal.ViewAsync("site", view, Cancel),
            r => r.Status == HttpStatusCode.OK,
            "a counted view",
            Cancel
        );
        Assert.Equal(1, reply.Stats.Views.Total);
    }

    [Fact]
    public async Task While_the_store_is_away_the_last_numbers_are_shown_and_marked_as_old()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]);
        for (var views = 0; views < 3; views++)
        {
            Assert.True((await replica.Internal.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
        }
        Assert.False((await replica.Internal.StatsAsync("site", Cancel, "/a")).Stats.Stale);

        await redis.KillAsync();
        AssertAway(await replica.Internal.ViewAsync("site", new ViewCall("/a") { View = ViewCall.NewId() }, Cancel));
        var old = await Eventually.BecomesAsync(
            () => replica.Internal.StatsAsync("site", Cancel, "/a"),
            reply => reply.Status == HttpStatusCode.OK && reply.Stats.Stale,
            "numbers marked as old",
            Cancel
        );
        Assert.Equal((3, 3), (old.Stats.Views.Total, old.Stats.Page!.Views.Total));

        await redis.StartAgainAsync();
        await Eventually.BecomesAsync(
            () => replica.Internal.StatsAsync("site", Cancel),
            reply => reply.Status == HttpStatusCode.OK && !reply.Stats.Stale,
            "fresh numbers",
            Cancel
        );
    }

    private static void AssertAway(Reply reply)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Equal("application/problem+json", reply.MediaType);
        Assert.Equal("store_unavailable", reply.Code);
        Assert.InRange(int.Parse(reply.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 60);
    }
}
