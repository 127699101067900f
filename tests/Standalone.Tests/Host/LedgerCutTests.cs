using PortalServices.Standalone.Tests.Store;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>The ledger that counting writes, with its log cut at any place of the last two commits.</summary>
public sealed class LedgerCutTests
{
    private const string Site = "site";
    private const int Views = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cut_log_holds_the_ledger_as_it_was_after_a_commit()
    {
        using var killed = new TemporaryDirectory();
        var (states, ends) = await CountAsync(killed.Path);
        var found = new HashSet<string>();
        foreach (var cut in Cuts.Between(ends[^3], ends[^1]))
        {
            using var copy = new TemporaryDirectory();
            Folders.Copy(killed.Path, copy.Path);
            Folders.CutLog(copy.Path, cut);
            await using var store = await StoreRun.StartAsync(copy.Path);
            var state = await StateAsync(store.Connection);

            Assert.True(
                state == states[ends.Count(end => end <= cut) - 1],
                $"cut at {cut} of {string.Join(", ", ends)}: {state}"
            );
            found.Add(state);
        }

        Assert.Equal(3, found.Count);
    }

    /// <summary>Counts one view after the other. Returns the ledger after each, and where the log ended then.</summary>
    private static async Task<(List<string> States, List<long> Ends)> CountAsync(string killed)
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings { Sites = [new(Site)] });
        await using var store = await portal.ConnectToStoreAsync();
        List<string> states = [];
        List<long> ends = [];
        for (var view = 0; view < Views; view++)
        {
            // From one address: later views bring no new visitor, so that nothing but the commit is in the log between
            // two ends.
            var call = new ViewCall($"/page/{view % 3}") { View = ViewCall.NewId(), Minimal = true };
            await portal.PublicDoor.ViewAsync(Site, call, Cancel);
            states.Add(await StateAsync(store));
            ends.Add(await StoreRun.LogEndAsync(store));
        }

        await portal.KillAsync();
        Folders.Copy(portal.Data, killed);
        return (states, ends);
    }

    private static async Task<string> StateAsync(ConnectionMultiplexer store)
    {
        var fields = await store.GetDatabase().HashGetAllAsync(Ledger.Key(Site));
        return string.Join(
            '\n',
            fields.Select(field => $"{Hex(field.Name)}={Hex(field.Value)}").Order(StringComparer.Ordinal)
        );
    }

    private static string Hex(RedisValue value) => Convert.ToHexString((byte[]?)value ?? []);
}
