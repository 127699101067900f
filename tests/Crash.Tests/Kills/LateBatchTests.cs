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
    private static readonly int Rounds = LongRun.Factor == 1 ? 1 : 3;
    private static readonly TimeSpan Generation = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = 2 * Generation;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Counting:ViewIdGeneration"] = Generation.ToString("c", CultureInfo.InvariantCulture),
        ["Counting:AnswerWithin"] = "00:00:01",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_that_arrives_after_its_ids_were_forgotten_doubles_nothing()
    {
        using var seeds = new TemporaryDirectory();
        await using var redis = await RedisServer.StartAsync();
        await using var way = TcpRelay.To(redis.Address);
        await using var one = CountingReplica.Prepare(way.Address, seeds.Path, [new("site")], Settings);
        await using var other = CountingReplica.Prepare(redis.Address, seeds.Path, [new("site")], Settings);
        await Task.WhenAll(one.StartAsync(), other.StartAsync());
        await WarmUpAsync(one, other);

        List<ResentView> ofStore = [],
            ofWay = [],
            ofProcess = [];
        for (var round = 0; round < Rounds; round++)
        {
            ofStore.AddRange(await WhileTheStoreStandsStillAsync(redis, one, other, $"/store/{round}"));
            ofWay.AddRange(await WhileOneIsCutOffAsync(way.Hold, way.Release, one, other, $"/way/{round}"));
            ofProcess.AddRange(await WhileOneIsCutOffAsync(one.Pause, one.Resume, one, other, $"/process/{round}"));
        }

        Assert.Equal(0, await one.TerminateAsync());
        await way.DeliveredAsync();
        Assert.Equal(0, await other.TerminateAsync());
        await using var store = await redis.ConnectAsync();
        var ledger = await Ledger.ReadAsync(store, "site");
        Assert.Empty(ledger.Contradictions());
        Assert.All([ofStore, ofWay, ofProcess], views => AssertNoneTwice(ledger, views));
    }

    private static async Task<ResentView[]> WhileTheStoreStandsStillAsync(
        RedisServer redis,
        CountingReplica one,
        CountingReplica other,
        string pages
    )
    {
        var views = await SendIntoAsync(redis.Pause, one, pages);
        // The same ids elsewhere; there, too, they wait in a socket.
        var paused = Stopwatch.StartNew();
        await Task.WhenAll(views.Select(view => view.SendAsync(other.Internal, Cancel)));
        await Eventually.HoldsAsync(() => paused.Elapsed > Window + Generation, "the ids' window to pass", Cancel);
        redis.Resume();
        await Task.WhenAll(views.Select((view, i) => view.SettleAsync((i % 2 == 0 ? one : other).Internal, Cancel)));
        return views;
    }

    /// <summary>
    /// One process is cut off in the midst of its views, which are counted elsewhere and forgotten before it goes on.
    /// </summary>
    private static async Task<ResentView[]> WhileOneIsCutOffAsync(
        Action hold,
        Action release,
        CountingReplica one,
        CountingReplica other,
        string pages
    )
    {
        var views = await SendIntoAsync(hold, one, pages);
        await Task.WhenAll(views.Select(view => view.SettleAsync(other.Internal, Cancel)));
        // On a slow machine some may be too old by now, and are told so; those that were acknowledged are looked for at
        // the end.
        Assert.Contains(views, view => view.Counted);
        // Generations end when views come.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var since = Stopwatch.StartNew(); since.Elapsed < Window + Generation; )
        {
            await new ResentView($"/between/{Guid.NewGuid():N}").SettleAsync(other.Internal, Cancel);
            await pace.WaitForNextTickAsync(Cancel);
        }
        release();
        await new ResentView($"/after{pages}").SettleAsync(one.Internal, Cancel);
        return views;
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
    private static async Task<ResentView[]> SendIntoAsync(Action breaking, CountingReplica replica, string pages)
    {
        var views = Enumerable.Range(0, Views).Select(i => new ResentView($"{pages}/{i}")).ToArray();
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

    private static void AssertNoneTwice(Ledger ledger, IReadOnlyList<ResentView> all)
    {
        Assert.All(all, view => Assert.InRange(ledger.Pages.GetValueOrDefault(view.Page), view.Counted ? 1 : 0, 1));
        // It did break in the midst: not every view was settled at its first sending.
        Assert.Contains(all, view => view.Sendings > 1);
    }
}
