using PortalServices.Standalone.Tests.Store;
using PortalServices.Testing;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.Host;

public sealed class HousekeepingTests(UsedFolder used)
{
    private const int Minutes = 30_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// A scan of the embedded store counts living fields: one that removed while it scans would miss every other one.
    /// </summary>
    [Fact]
    public async Task One_turn_removes_all_that_is_over()
    {
        await using var portal = await used.PrepareAsync();
        int ofToday;
        await using (var store = await StoreRun.StartAsync(portal.Data))
        {
            ofToday = (await Ledger.ReadAsync(store.Connection, UsedFolder.Site)).Minutes.Count;
            var database = store.Connection.GetDatabase();
            foreach (var some in Enumerable.Range(1, Minutes).Chunk(1_000))
            {
                await database.HashSetAsync(
                    Ledger.Key(UsedFolder.Site),
                    [.. some.Select(minute => new HashEntry($"m:{minute}", 1))]
                );
            }
            await database.KeyDeleteAsync("{site}:housekeeping");
            await database.ExecuteAsync("COMMITAOF");
        }

        // The next turn is ten minutes after the one at the start.
        await portal.StartAsync();
        await using var again = await portal.ConnectToStoreAsync();
        await Eventually.BecomesAsync(
            () => Ledger.ReadAsync(again, UsedFolder.Site),
            ledger => ledger.Minutes.Count == ofToday,
            "minutes of today alone",
            Cancel
        );
    }
}
