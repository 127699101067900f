using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// The connection to the store breaks while a batch is under way: it may be stored or not, and is sent again until that
/// is clear.
/// </summary>
public sealed class BrokenWayTests
{
    private static readonly int Breaks = LongRun.IsOn ? 30 : 4,
        Views = 600 * (Breaks + 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_that_is_repeated_counts_once_even_without_ids()
    {
        using var seeds = new TemporaryDirectory();
        await using var redis = await RedisServer.StartAsync();
        await using var way = TcpRelay.To(redis.Address);
        await using var replica = await CountingReplica.StartNewAsync(
            way.Address,
            seeds.Path,
            [new("site")],
            new Dictionary<string, string> { ["Counting:AnswerWithin"] = "00:00:30" }
        );
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = ["site"],
                Doors = [replica.Internal],
                Views = Views,
                WithIds = false,
                Persistent = false,
                SentAgain = 0,
                SentTwiceAtOnce = 0,
            }
        );

        var running = storm.RunAsync(Cancel);
        for (var broken = 1; broken <= Breaks; broken++)
        {
            await Eventually.HoldsAsync(
                () => storm.Acknowledged >= broken * Views / (Breaks + 1) || running.IsCompleted,
                "views under way",
                Cancel,
                TimeSpan.FromMinutes(5)
            );
            way.Break();
        }
        await running;

        Assert.Equal(0, await replica.TerminateAsync());
        await using var store = await redis.ConnectAsync();
        await storm.AuditAsync(store);
        Assert.Equal(Views, storm.Acknowledged);
    }
}
