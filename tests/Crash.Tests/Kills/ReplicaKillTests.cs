using PortalServices.Testing;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// A counting process that dies takes requests along that the gateway had under way. Their clients are told to try
/// again, never that the request was wrong: that they would not repeat.
/// </summary>
[Collection<ReplicasBehindAGateway>]
public sealed class ReplicaKillTests(Portals portals)
{
    private const int ViewsBetween = 800,
        MaxViews = 100_000;
    private static readonly int Kills = LongRun.IsOn ? 8 : 1;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_counting_process_is_never_the_clients_fault()
    {
        var portal = await portals.ServicesAsync(ReplicasBehindAGateway.Settings);
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = [portals.NewSite()],
                Doors = [portal.PublicDoor],
                Views = MaxViews,
            }
        );
        var running = storm.RunAsync(Cancel);
        for (var kill = 0; kill < Kills; kill++)
        {
            var replica = portal.Replicas[kill % portal.Replicas.Count];
            await storm.StrikeAsync(
                ViewsBetween,
                async () =>
                {
                    await replica.KillAsync();
                    await replica.StartAsync();
                },
                Cancel
            );
        }
        await storm.EndAsync(running);

        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
        Assert.Equal(storm.Views.Count(view => view.Sent), storm.Acknowledged);
    }
}
