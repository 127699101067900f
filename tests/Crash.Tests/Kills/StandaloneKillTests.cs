using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>The one process is killed under load, with its store inside.</summary>
public sealed class StandaloneKillTests
{
    private static readonly int Views = 50_000 * LongRun.Factor;
    private static readonly double[] KilledAt = [0.2, 0.5, 0.8];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_of_Standalone_lose_and_double_nothing()
    {
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings { Sites = [new("north"), new("south")] }
        );
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = ["north", "south"],
                Doors = [portal.PublicDoor],
                Views = Views,
            }
        );
        var running = storm.RunAsync(Cancel);

        for (var time = 0; time < LongRun.Factor; time++)
        {
            foreach (var share in KilledAt)
            {
                var reached = (time + share) / LongRun.Factor * Views;
                await Eventually.HoldsAsync(
                    () => storm.Acknowledged >= reached || running.IsCompleted,
                    $"{reached} acknowledged",
                    Cancel,
                    TimeSpan.FromMinutes(5)
                );
                await RestartTwiceAsync(portal, storm);
            }
        }

        await running;
        await AuditAsync(portal, storm);
        Assert.Equal(Views, storm.Acknowledged);

        await RestartTwiceAsync(portal, storm);
        await using var store = await portal.ConnectToStoreAsync();
        Assert.Equal(Views, await storm.CountedAsync(store));
    }

    private static async Task RestartTwiceAsync(StandaloneShape portal, ViewStorm storm)
    {
        for (var restart = 0; restart < 2; restart++)
        {
            await portal.KillAsync();
            await portal.StartAsync();
            await AuditAsync(portal, storm);
        }
    }

    private static async Task AuditAsync(StandaloneShape portal, ViewStorm storm)
    {
        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
    }
}
