using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>Clients that hang up know nothing of their view; the store must still hold it once or not at all.</summary>
public sealed class GivingUpTests
{
    private static readonly int Views = LongRun.IsOn ? 5_000 : 1_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Rows]
    [UsualRow(false)]
    [LongRow(true)]
    public async Task Clients_that_give_up_lose_no_acknowledged_view_and_double_none(bool standalone)
    {
        var settings = new PortalSettings { Sites = [new("gone"), new("back")] };
        await using IPortalShape portal = standalone
            ? await StandaloneShape.StartNewAsync(settings)
            : await ServicesShape.StartNewAsync(settings);
        var (gone, back) = (Storm(portal, "gone", comeBack: false), Storm(portal, "back", comeBack: true));
        await Task.WhenAll(gone.RunAsync(Cancel), back.RunAsync(Cancel));

        // What is still under way is in the store, or never will be, once every process has drained.
        Assert.All(await portal.TerminateAsync(), code => Assert.Equal(0, code));
        if (standalone)
        {
            // The store is in the process.
            await portal.StartAsync();
        }
        await using var store = await portal.ConnectToStoreAsync();
        foreach (var storm in new[] { gone, back })
        {
            await storm.AuditAsync(store);
            Assert.InRange(await storm.CountedAsync(store), storm.Acknowledged, Views);
            Assert.Equal(storm == back, storm.Acknowledged == Views);
        }
        // Else nobody hung up in the middle, and this shows nothing.
        Assert.True(await gone.CountedAsync(store) > gone.Acknowledged);
    }

    private static ViewStorm Storm(IPortalShape portal, string site, bool comeBack) =>
        new(
            new StormOptions
            {
                Sites = [site],
                Doors = [portal.PublicDoor],
                Views = Views,
                GivenUp = 0.4,
                Persistent = comeBack,
            }
        );
}
