using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>The one process is killed under load, with its store inside.</summary>
public sealed class StandaloneKillTests
{
    private static readonly int ViewsBetween = 1_000 * LongRun.Factor,
        Rounds = LongRun.Factor == 1 ? 1 : 10,
        MaxViews = 20_000 * LongRun.Factor * Rounds;

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
                Views = MaxViews,
            }
        );
        var running = storm.RunAsync(Cancel);

        for (var time = 0; time < Rounds; time++)
        {
            // What a restart repairs, the next one may show.
            await storm.StrikeAsync(ViewsBetween, () => RestartAsync(portal, storm), Cancel);
            await storm.ViewsUnderWayAsync(Cancel);
            await RestartAsync(portal, storm);
            if (LongRun.IsOn)
            {
                await storm.StrikeAsync(ViewsBetween, () => RestartAsync(portal, storm), Cancel);
            }
        }

        await storm.EndAsync(running);
        await AuditAsync(portal, storm);
        var sent = storm.Views.Count(view => view.Sent);
        Assert.Equal(sent, storm.Acknowledged);

        await RestartAsync(portal, storm);
        await using var store = await portal.ConnectToStoreAsync();
        Assert.Equal(sent, await storm.CountedAsync(store));
    }

    private static async Task RestartAsync(StandaloneShape portal, ViewStorm storm)
    {
        await portal.KillAsync();
        await portal.StartAsync();
        await AuditAsync(portal, storm);
    }

    private static async Task AuditAsync(StandaloneShape portal, ViewStorm storm)
    {
        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
    }
}
