using System.Globalization;
using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>Kills while views come in and the store writes a checkpoint again and again.</summary>
public sealed class CheckpointKillTests
{
    // Every other one between checkpoints, and in one.
    private static readonly int Kills = LongRun.IsOn ? 20 : 2;
    private static readonly int Views = 1_800 * (Kills + 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_between_and_in_checkpoints_lose_and_double_nothing()
    {
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Sites = [new("north"), new("south")],
                Counting = new Dictionary<string, string> { ["Store:CheckpointKilobytes"] = "64" },
            }
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
        var checkpoints = new HashSet<string>();
        for (var kill = 1; kill <= Kills; kill++)
        {
            var until = Views * kill / (Kills + 1);
            await Eventually.HoldsAsync(
                () => storm.Acknowledged >= until || running.IsCompleted,
                string.Create(CultureInfo.InvariantCulture, $"{until} acknowledged"),
                Cancel
            );
            if (kill % 2 == 0)
            {
                await Eventually.HoldsAsync(() => AnyNew(portal.Data, checkpoints), "a new checkpoint", Cancel);
            }
            await portal.KillAsync();
            checkpoints.UnionWith(Checkpoints(portal.Data));
            await portal.StartAsync();
            await AuditAsync(portal, storm);
        }

        await running;
        await AuditAsync(portal, storm);
        Assert.Equal(Views, storm.Acknowledged);
        await portal.KillAsync();
        await portal.StartAsync();
        await using var store = await portal.ConnectToStoreAsync();
        Assert.Equal(Views, await storm.CountedAsync(store));
        Assert.True(checkpoints.Count >= Kills / 2, $"{checkpoints.Count} checkpoints");
    }

    /// <summary>True as soon as the folder of a checkpoint is there: it is being written then.</summary>
    private static bool AnyNew(string data, HashSet<string> known) =>
        Checkpoints(data).Any(checkpoint => !known.Contains(checkpoint));

    private static string[] Checkpoints(string data)
    {
        var folder = Path.Combine(data, "store", "Store", "checkpoints", "cpr-checkpoints");
        return Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
    }

    private static async Task AuditAsync(StandaloneShape portal, ViewStorm storm)
    {
        await using var store = await portal.ConnectToStoreAsync();
        Assert.Empty(await storm.ContradictionsAsync(store));
    }
}
