using System.Diagnostics;
using System.Globalization;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// A batch is under way when the store, or the way to it, stands still. Its views are sent to another process
/// meanwhile, and by the time the batch arrives their ids may be forgotten.
/// </summary>
public sealed class LateBatchTests
{
    private const int Views = 400;
    private const int Rounds = 3;
    private static readonly TimeSpan Generation = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = 2 * Generation;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Counting:ViewIdGeneration"] = Generation.ToString("c", CultureInfo.InvariantCulture),
        ["Counting:AnswerWithin"] = "00:00:01",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_stood_still_doubles_nothing()
    {
        await using var portal = await ServicesShape.StartNewAsync(
            new PortalSettings { Gateway = false, Counting = Settings }
        );
        var (one, other) = (portal.Replicas[0], portal.Replicas[1]);
        await WarmUpAsync(one, other);

        List<ResentView> all = [];
        for (var round = 0; round < Rounds; round++)
        {
            var views = await SendIntoAsync(portal.Redis.Pause, one, round);
            all.AddRange(views);
            // The same ids elsewhere; there, too, they wait in a socket.
            var paused = Stopwatch.StartNew();
            await Task.WhenAll(views.Select(view => view.SendAsync(other.Internal, Cancel)));
            await Eventually.HoldsAsync(() => paused.Elapsed > Window + Generation, "the ids' window to pass", Cancel);
            portal.Redis.Resume();
            await Task.WhenAll(views.Select((view, i) => view.SettleAsync(portal.Replicas[i % 2].Internal, Cancel)));
        }

        Assert.All(await portal.TerminateAsync(), code => Assert.Equal(0, code));
        await AssertNoneTwiceAsync(portal.Redis, all);
    }

    [Fact]
    public async Task A_batch_delivered_after_its_ids_were_forgotten_doubles_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var way = TcpRelay.To(redis.Address);
        await InTheMidstAsync(
            redis,
            way.Address,
            (_, holding) =>
            {
                if (holding)
                {
                    way.Hold();
                }
                else
                {
                    way.Release();
                }
            },
            way.DeliveredAsync
        );
    }

    [Fact]
    public async Task A_process_that_stood_still_doubles_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await InTheMidstAsync(
            redis,
            redis.Address,
            (replica, holding) =>
            {
                if (holding)
                {
                    replica.Pause();
                }
                else
                {
                    replica.Resume();
                }
            },
            () => Task.CompletedTask
        );
    }

    /// <summary>
    /// One process is cut off in the midst of its views, which are counted elsewhere and forgotten before it goes on.
    /// </summary>
    private static async Task InTheMidstAsync(
        RedisServer redis,
        string wayOfOne,
        Action<CountingReplica, bool> hold,
        Func<Task> deliveredAsync
    )
    {
        using var seeds = new TemporaryDirectory();
        await using var one = await CountingReplica.StartNewAsync(wayOfOne, seeds.Path, [new("site")], Settings);
        await using var other = await CountingReplica.StartNewAsync(redis.Address, seeds.Path, [new("site")], Settings);
        await WarmUpAsync(one, other);

        List<ResentView> all = [];
        for (var round = 0; round < Rounds; round++)
        {
            var views = await SendIntoAsync(() => hold(one, true), one, round);
            all.AddRange(views);
            await Task.WhenAll(views.Select(view => view.SettleAsync(other.Internal, Cancel)));
            // On a slow machine some may be too old by now, and are told so; those that were acknowledged are looked
            // for at the end.
            Assert.Contains(views, view => view.Counted);
            // Generations end when views come.
            for (var since = Stopwatch.StartNew(); since.Elapsed < Window + Generation; )
            {
                await new ResentView($"/between/{Guid.NewGuid():N}").SettleAsync(other.Internal, Cancel);
            }
            hold(one, false);
            await new ResentView($"/after/{round}").SettleAsync(one.Internal, Cancel);
        }

        Assert.Equal(0, await one.TerminateAsync());
        await deliveredAsync();
        Assert.Equal(0, await other.TerminateAsync());
        await AssertNoneTwiceAsync(redis, all);
    }

    /// <summary>Both processes know the store and have a lane before anything stands still.</summary>
    private static async Task WarmUpAsync(params CountingReplica[] replicas)
    {
        foreach (var replica in replicas)
        {
            await new ResentView($"/warm-up/{Guid.NewGuid():N}").SettleAsync(replica.Internal, Cancel);
        }
    }

    /// <summary>
    /// Sends half of the views, breaks something in the midst of them, sends the others into that, and returns when
    /// each had its chance.
    /// </summary>
    private static async Task<ResentView[]> SendIntoAsync(Action breaking, CountingReplica replica, int round)
    {
        var views = Enumerable.Range(0, Views).Select(i => new ResentView($"/round/{round}/{i}")).ToArray();
        var before = Send(views[..(Views / 2)]);
        await Eventually.HoldsAsync(
            () => views.Any(view => view.Counted) || before.IsCompleted,
            "the first answers",
            Cancel
        );
        breaking();
        await Task.WhenAll(before, Send(views[(Views / 2)..]));
        return views;

        Task Send(ResentView[] some) => Task.WhenAll(some.Select(view => view.SendAsync(replica.Internal, Cancel)));
    }

    private static async Task AssertNoneTwiceAsync(RedisServer redis, List<ResentView> all)
    {
        await using var store = await redis.ConnectAsync();
        await store.GetDatabase().PingAsync();
        var ledger = await Ledger.ReadAsync(store, "site");
        Assert.Empty(ledger.Contradictions());
        Assert.All(all, view => Assert.InRange(ledger.Pages.GetValueOrDefault(view.Page), view.Counted ? 1 : 0, 1));
        // It did break in the midst: not every view was settled at its first sending.
        Assert.Contains(all, view => view.Sendings > 1);
    }
}
