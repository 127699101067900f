using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// Redis and a counting process are killed under load, in a long run each of them and often; the clients do what portal.js does: keep the id, send again.
/// </summary>
public sealed class RedisKillTests
{
    private static readonly int ViewsBetween = 800 * LongRun.Factor,
        MaxViews = 20_000 * LongRun.Factor * LongRun.Factor;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_of_Redis_and_of_counting_processes_lose_and_double_nothing()
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
                Views = MaxViews,
            }
        );
        var running = storm.RunAsync(Cancel);
        for (var time = 0; time < LongRun.Factor; time++)
        {
            await storm.StrikeAsync(ViewsBetween, () => RestartRedisTwiceAsync(portal, storm), Cancel);
            foreach (var replica in Variants.Of([0], [1]))
            {
                await storm.StrikeAsync(ViewsBetween, () => RestartReplicaAsync(portal, replica), Cancel);
                await storm.StrikeAsync(ViewsBetween, () => RestartRedisTwiceAsync(portal, storm), Cancel);
            }
        }

        await storm.EndAsync(running);
        await AuditAsync(portal, storm);
        var sent = storm.Views.Count(view => view.Sent);
        Assert.Equal(sent, storm.Acknowledged);

        // What a restart repairs, the next one may show.
        await portal.Redis.RestartAsync();
        await portal.Redis.RestartAsync();
        await using var store = await portal.ConnectToStoreAsync();
        Assert.Equal(sent, await storm.CountedAsync(store));
    }

    private static async Task RestartRedisTwiceAsync(ServicesShape portal, ViewStorm storm)
    {
        await portal.Redis.RestartAsync();
        await AuditAsync(portal, storm);
        await storm.ViewsUnderWayAsync(Cancel);
        await portal.Redis.RestartAsync();
        await AuditAsync(portal, storm);
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
