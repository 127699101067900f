using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;

namespace PortalServices.Crash.Tests.Store;

/// <summary>
/// Replicas with different secrets would count one view id twice: whoever differs from the ledger ends.
/// </summary>
public sealed class VisitorSecretTests : IDisposable
{
    private const string Id = "view-of-the-tests-1";

    private static readonly Dictionary<string, string> Other = new()
    {
        ["Counting:VisitorSecret"] = "another secret of the tests, long enough for it",
    };

    private readonly TemporaryDirectory _seeds = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _seeds.Dispose();

    [Fact]
    public async Task A_replica_with_another_secret_ends_with_one_line_and_the_view_counts_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]);
        Assert.True((await replica.Internal.ViewAsync("site", new ViewCall("/a") { View = Id }, Cancel)).Counted);
        await using var other = CountingReplica.Prepare(redis.Address, _seeds.Path, [new("site")], Other);

        var run = await other.RunToEndAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "Counting:VisitorSecret: the ledger of site was made with another secret.",
            Assert.Single(run.Errors),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "duplicate",
            (await replica.Internal.ViewAsync("site", new ViewCall("/a") { View = Id }, Cancel)).Reason
        );
    }

    [Fact]
    public async Task A_store_that_comes_while_the_replica_runs_is_refused_like_one_that_was_there()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (var first = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]))
        {
            Assert.True((await first.Internal.ViewAsync("site", new ViewCall("/a") { View = Id }, Cancel)).Counted);
        }
        await redis.KillAsync();
        await using var other = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")], Other);
        await redis.StartAgainAsync();

        await RefusedAsync(other);

        await using var store = await redis.ConnectAsync();
        Assert.Equal(1, (await Ledger.ReadAsync(store, "site")).Total);
    }

    [Fact]
    public async Task A_replica_that_runs_ends_when_another_secret_is_accepted_and_nothing_of_it_is_mixed_in()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]);
        Assert.True((await replica.Internal.ViewAsync("site", new ViewCall("/a") { View = Id }, Cancel)).Counted);
        await using var other = CountingReplica.Prepare(redis.Address, _seeds.Path, [new("site")], Other);
        var run = await other.RunToEndAsync("--accept-visitor-secret");
        Assert.Equal((0, ""), (run.ExitCode, string.Join('\n', run.Errors)));
        Assert.Single(run.Output, line => line.StartsWith("site: accepted", StringComparison.Ordinal));

        await RefusedAsync(replica);

        await other.StartAsync();
        // Sent first before the secret was accepted: nobody can tell any more whether it was counted.
        var late = await other.Internal.ViewAsync("site", new ViewCall("/a") { View = Id, Age = "60000" }, Cancel);
        Assert.Equal("view_expired", late.Code);
        Assert.True((await other.Internal.ViewAsync("site", new ViewCall("/a") { View = Id }, Cancel)).Counted);
        await using var store = await redis.ConnectAsync();
        Assert.Equal(2, (await Ledger.ReadAsync(store, "site")).Total);
    }

    /// <summary>Views are answered 503, and the process ends with one line.</summary>
    private static async Task RefusedAsync(CountingReplica replica)
    {
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    Assert.Equal(
                        HttpStatusCode.ServiceUnavailable,
                        (await replica.Internal.ViewAsync("site", new ViewCall("/a") { View = Id }, Cancel)).Status
                    );
                }
                catch (HttpRequestException)
                {
                    // It is ending.
                }

                return replica.HasExited;
            },
            "the process ends",
            Cancel
        );
        Assert.Contains(
            replica.Lines,
            line =>
                line.StartsWith(
                    "Counting:VisitorSecret: the ledger of site was made with another secret.",
                    StringComparison.Ordinal
                )
        );
    }
}
