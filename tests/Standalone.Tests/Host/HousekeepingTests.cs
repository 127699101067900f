using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.Host;

public sealed class HousekeepingTests
{
    private const int Minutes = 30_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// A scan of the embedded store counts living fields: one that removed while it scans would miss every other one.
    /// </summary>
    [Fact]
    public async Task One_turn_removes_all_that_is_over()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        Assert.True((await portal.PublicDoor.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
        await using (var store = await portal.ConnectToStoreAsync())
        {
            foreach (var some in Enumerable.Range(1, Minutes).Chunk(1_000))
            {
                await store
                    .GetDatabase()
                    .HashSetAsync(Ledger.Key("site"), [.. some.Select(minute => new HashEntry($"m:{minute}", 1))]);
            }
            await store.GetDatabase().KeyDeleteAsync("{site}:housekeeping");
        }

        // The next turn is ten minutes after the one at the start.
        Assert.All(await portal.TerminateAsync(), code => Assert.Equal(0, code));
        await portal.StartAsync();
        await using var again = await portal.ConnectToStoreAsync();
        await Eventually.BecomesAsync(
            () => Ledger.ReadAsync(again, "site"),
            ledger => ledger.Minutes.Count == 1,
            "minutes of today alone",
            Cancel
        );
    }
}
