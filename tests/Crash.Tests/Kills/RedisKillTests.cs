using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// Every part is killed under load, more than once; the clients do what portal.js does: keep the id, send again.
/// </summary>
public sealed class RedisKillTests
{
    private static readonly int Views = 50_000 * LongRun.Factor;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_of_Redis_and_of_each_counting_process_lose_and_double_nothing()
    {
        await using var portal = await ServicesShape.StartNewAsync(
            new PortalSettings { Sites = [new("north"), new("south")] }
        );
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = ["north", "south"],
                // Mostly through the gateway, as visitors come; now and then straight to one of the processes, so that
                // a repeat reaches the other.
                Doors =
                [
                    portal.PublicDoor,
                    portal.PublicDoor,
                    portal.Replicas[0].Internal,
                    portal.Replicas[1].Internal,
                ],
                Views = Views,
            }
        );
        var running = storm.RunAsync(Cancel);

        for (var time = 0; time < LongRun.Factor; time++)
        {
            foreach (var (share, strike) in Strikes(portal, storm))
            {
                var reached = (time + share) / LongRun.Factor * Views;
                await Eventually.HoldsAsync(
                    () => storm.Acknowledged >= reached || running.IsCompleted,
                    $"{reached} acknowledged",
                    Cancel,
                    TimeSpan.FromMinutes(5)
                );
                await strike();
            }
        }

        await running;
        await AuditAsync(portal, storm);
        Assert.Equal(Views, storm.Acknowledged);

        // What a restart repairs, the next one may show.
        await RestartRedisTwiceAsync(portal, storm);
        await using var store = await portal.ConnectToStoreAsync();
        Assert.Equal(Views, await storm.CountedAsync(store));
    }

    private static IEnumerable<(double Share, Func<Task> Strike)> Strikes(ServicesShape portal, ViewStorm storm) =>
        [
            (0.15, () => RestartRedisTwiceAsync(portal, storm)),
            (0.30, () => RestartReplicaAsync(portal, 0)),
            (0.45, () => RestartRedisTwiceAsync(portal, storm)),
            (0.60, () => RestartReplicaAsync(portal, 1)),
            (0.75, () => RestartRedisTwiceAsync(portal, storm)),
        ];

    private static async Task RestartRedisTwiceAsync(ServicesShape portal, ViewStorm storm)
    {
        for (var restart = 0; restart < 2; restart++)
        {
            await portal.Redis.RestartAsync();
            await AuditAsync(portal, storm);
        }
    }

    private static async Task RestartReplicaAsync(ServicesShape portal, int index)
    {
        await portal.Replicas[index].KillAsync();
        await portal.Replicas[index].StartAsync();
    }

    private static async Task AuditAsync(ServicesShape portal, ViewStorm storm)
    {
        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
    }
}
