using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>Clients that hang up know nothing of their view; the store must still hold it once or not at all.</summary>
public sealed class GivingUpTests
{
    private const int Views = 5_000;

    public static TheoryData<bool, bool> Rows => new MatrixTheoryData<bool, bool>([false, true], [false, true]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Rows))]
    public async Task Clients_that_give_up_lose_no_acknowledged_view_and_double_none(bool standalone, bool andComeBack)
    {
        await using IPortalShape portal = standalone
            ? await StandaloneShape.StartNewAsync(new PortalSettings())
            : await ServicesShape.StartNewAsync(new PortalSettings());
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = ["site"],
                Doors = [portal.PublicDoor],
                Views = Views,
                GivenUp = 0.4,
                Persistent = andComeBack,
            }
        );
        await storm.RunAsync(Cancel);

        // What is still under way is in the store, or never will be, once every process has drained.
        Assert.All(await portal.TerminateAsync(), code => Assert.Equal(0, code));
        await portal.StartAsync();
        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);

        var counted = await storm.CountedAsync(store);
        Assert.InRange(counted, storm.Acknowledged, Views);
        Assert.Equal(andComeBack, storm.Acknowledged == Views);
        // Else nobody hung up in the middle, and this shows nothing.
        Assert.True(andComeBack || counted > storm.Acknowledged);
    }
}
