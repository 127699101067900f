using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Counting.CheckStore;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;

namespace PortalServices.Counting.Tests.CheckStore;

public sealed class StoreHealthTests(StoreFixture store)
{
    private readonly Site _fails = new() { Id = StoreFixture.NewSite() },
        _counts = new() { Id = StoreFixture.NewSite() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_write_to_one_ledger_does_not_hide_that_another_takes_none()
    {
        var database = store.Connection.GetDatabase();
        await using var process = new CountingProcess(store.Redis, [_counts, _fails]);
        await process.ViewAsync("/a");
        await database.StringSetAsync(CountingKeys.Ledger(_fails.Id), "no hash");
        await Assert.ThrowsAnyAsync<Exception>(() =>
            process.Get<KnownPages>().PublishAsync(_fails.Id, Guid.NewGuid(), 1, ["/a"])
        );
        await process.ViewAsync("/a");

        var failing = await HealthAsync(process);
        Assert.Equal(HealthStatus.Degraded, failing.Status);
        Assert.Equal($"The store takes no writes of {_fails.Id}: views get 503.", failing.Description);

        // Nobody has viewed anything since.
        await database.KeyDeleteAsync(CountingKeys.Ledger(_fails.Id));
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(process)).Status);
    }

    [Fact]
    public async Task Damage_of_one_ledger_does_not_hide_that_another_takes_no_writes()
    {
        var database = store.Connection.GetDatabase();
        await using var process = new CountingProcess(store.Redis, [_counts, _fails]);
        await database.HashSetAsync(CountingKeys.Ledger(_counts.Id), "w:299227y0", 1);
        Assert.True(
            await process.OnLedgerAsync((ledger, known) => ledger.LookForDamageAsync(known, _counts.Id, Cancel))
        );
        await database.StringSetAsync(CountingKeys.Ledger(_fails.Id), "no hash");
        await Assert.ThrowsAnyAsync<Exception>(() =>
            process.Get<KnownPages>().PublishAsync(_fails.Id, Guid.NewGuid(), 1, ["/a"])
        );

        var health = await HealthAsync(process);

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.StartsWith(
            $"The ledger of {_counts.Id} is damaged: its field w:299227y0 ",
            health.Description,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            $" The store takes no writes of {_fails.Id}: views get 503.",
            health.Description,
            StringComparison.Ordinal
        );
        Assert.Contains("fillPercent", health.Data.Keys);
    }

    private static Task<HealthCheckResult> HealthAsync(CountingProcess process) =>
        new StoreHealth(process.Get<StoreConnection>(), process.Get<ViewLedger>()).CheckHealthAsync(
            new HealthCheckContext(),
            Cancel
        );
}
