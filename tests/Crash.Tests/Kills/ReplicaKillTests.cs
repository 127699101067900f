using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// A counting process that dies takes requests along that the gateway had under way. Their clients are told to try
/// again, never that the request was wrong: that they would not repeat.
/// </summary>
public sealed class ReplicaKillTests
{
    private const int Kills = 8;
    private const int ViewsBetween = 2_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_counting_process_is_never_the_clients_fault()
    {
        await using var portal = await ServicesShape.StartNewAsync(new PortalSettings());
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = ["site"],
                Doors = [portal.PublicDoor],
                Views = ViewsBetween * (Kills + 1),
            }
        );
        var running = storm.RunAsync(Cancel);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Eventually.HoldsAsync(
                () => storm.Acknowledged >= kill * ViewsBetween || running.IsCompleted,
                "views under way",
                Cancel,
                TimeSpan.FromMinutes(5)
            );
            var replica = portal.Replicas[kill % portal.Replicas.Count];
            await replica.KillAsync();
            await replica.StartAsync();
        }
        await running;

        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
        Assert.Equal(storm.Views.Count, storm.Acknowledged);
    }
}
