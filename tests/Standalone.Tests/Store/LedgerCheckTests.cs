using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortalServices.Counting;
using PortalServices.Counting.CheckStore;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// Ledgers are looked through before anything is written: all of them at the start, and one that could not be before
/// its first commit.
/// </summary>
public sealed class LedgerCheckTests
{
    private static readonly string[] Sites = ["first", "second"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public async Task Nothing_is_written_before_all_ledgers_were_looked_through(string damaged)
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path);
        var database = store.Connection.GetDatabase();
        await database.HashSetAsync(CountingKeys.Ledger(damaged), "w:299227y0", 1);
        await using var counting = Counting(store.ConnectionString);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => StartAsync(counting));

        Assert.StartsWith(
            $"The ledger of {damaged} is damaged and was left as it is: its field w:299227y0 ",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("w:299227y0", Assert.Single(await database.HashKeysAsync(CountingKeys.Ledger(damaged))));
        Assert.False(await database.KeyExistsAsync(CountingKeys.Ledger(Sites.Single(site => site != damaged))));
    }

    /// <summary>As a copy of the store has it, or one that was mended while nothing ran.</summary>
    [Fact]
    public async Task A_start_takes_the_mark_from_a_ledger_that_is_whole()
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path);
        var database = store.Connection.GetDatabase();
        await database.HashSetAsync(CountingKeys.Ledger("first"), CountingKeys.DamageMark, "1 somebody found it");
        await using var counting = Counting(store.ConnectionString);

        await StartAsync(counting);

        Assert.False(await database.HashExistsAsync(CountingKeys.Ledger("first"), CountingKeys.DamageMark));
        await counting.Services.GetRequiredService<KnownPages>().PublishAsync("first", Guid.NewGuid(), 1, ["/a"]);
    }

    /// <summary>That the answer does not come in time says nothing about the ledger.</summary>
    [Fact]
    public async Task A_look_that_did_not_end_is_repeated_before_the_first_commit()
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path);
        await using var relay = TcpRelay.To(Assert.Single(store.Connection.GetEndPoints()));
        var database = store.Connection.GetDatabase();
        await database.HashSetAsync(CountingKeys.Ledger("second"), "w:299227y0", 1);
        await using var counting = Counting(relay.Address);
        await counting.Services.GetRequiredService<StoreConnection>().ProcessOfAsync(CountingKeys.Ledger("first"));
        relay.HoldReplies();

        await StartAsync(counting);

        relay.Release();
        var pages = counting.Services.GetRequiredService<KnownPages>();
        await Eventually.HoldsAsync(
            async () =>
                await Record.ExceptionAsync(() => pages.PublishAsync("first", Guid.NewGuid(), 1, ["/a"])) is null,
            "the whole one takes writes",
            Cancel
        );
        await Assert.ThrowsAsync<DamagedLedgerException>(() => pages.PublishAsync("second", Guid.NewGuid(), 1, ["/a"]));
        Assert.DoesNotContain(CountingKeys.SecretCheck, await database.HashKeysAsync(CountingKeys.Ledger("second")));
        Assert.False(await database.HashExistsAsync(CountingKeys.Ledger("second"), "pn"));
        Assert.Contains(
            "The ledger of second is damaged",
            Assert.Single(counting.Services.GetRequiredService<ViewLedger>().Damages),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_start_does_not_wait_for_long_looks_and_they_come_before_the_first_commit()
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path);
        await using var relay = TcpRelay.To(Assert.Single(store.Connection.GetEndPoints()));
        var database = store.Connection.GetDatabase();
        await database.HashSetAsync(CountingKeys.Ledger("first"), "w:299227y0", 1);
        await using var counting = Counting(relay.Address, new ShortLooks(), ("Counting:AnswerWithin", "00:00:30"));
        await counting.Services.GetRequiredService<StoreConnection>().ProcessOfAsync(CountingKeys.Ledger("first"));
        relay.HoldReplies();

        await StartAsync(counting);

        relay.Release();
        var pages = counting.Services.GetRequiredService<KnownPages>();
        await Assert.ThrowsAsync<DamagedLedgerException>(() => pages.PublishAsync("first", Guid.NewGuid(), 1, ["/a"]));
        await pages.PublishAsync("second", Guid.NewGuid(), 1, ["/a"]);
        Assert.Equal(1, await database.HashGetAsync(CountingKeys.Ledger("second"), "pn"));
    }

    [Fact]
    public async Task A_marked_ledger_takes_no_commit_and_no_other_write()
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path);
        await using var counting = Counting(store.ConnectionString);
        await StartAsync(counting);
        var database = store.Connection.GetDatabase();
        await database.HashSetAsync(CountingKeys.Ledger("first"), CountingKeys.DamageMark, "1 somebody found it");
        var ledger = counting.Services.GetRequiredService<ViewLedger>();
        var process = await counting
            .Services.GetRequiredService<StoreConnection>()
            .ProcessOfAsync(CountingKeys.Ledger("first"));
        var batch = new CommitBatch { Buckets = new(0, 0, 0, 0) };
        batch.AddView("/a", 0, 0);

        await Assert.ThrowsAsync<DamagedLedgerException>(() => ledger.CommitAsync(process, "first", "lane", 1, batch));
        Assert.Equal("The ledger of first is damaged: somebody found it.", Assert.Single(ledger.Damages));
        await using var other = Counting(store.ConnectionString);
        await Assert.ThrowsAsync<DamagedLedgerException>(() =>
            other.Services.GetRequiredService<KnownPages>().PublishAsync("first", Guid.NewGuid(), 1, ["/a"])
        );
        Assert.False(await database.HashExistsAsync(CountingKeys.Ledger("first"), "n"));

        Assert.True(await ledger.LookForMendingAsync(process, "first", batch.Buckets, Cancel));
        Assert.Equal(CommitState.Applied, (await ledger.CommitAsync(process, "first", "lane", 1, batch)).State);
        Assert.False(await database.HashExistsAsync(CountingKeys.Ledger("first"), CountingKeys.DamageMark));
    }

    private static Task StartAsync(WebApplication counting) =>
        counting.Services.GetServices<IHostedService>().OfType<StoreStartupCheck>().Single().StartAsync(Cancel);

    /// <summary>Counting without its host: nothing of it runs by itself.</summary>
    private static WebApplication Counting(
        string connectionString,
        TimeProvider? time = null,
        params (string Key, string Value)[] settings
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["ConnectionStrings:redis"] = connectionString;
        builder.Configuration["Counting:VisitorSecret"] = "a secret of the tests, 32 characters and more";
        builder.Configuration["Counting:AnswerWithin"] = "00:00:01";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }
        builder
            .Services.AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(new SiteList([.. Sites.Select(site => new Site { Id = site })]))
            .AddSingleton<FatalStop>();
        return builder.AddCounting().AddMessaging(bus => bus.AddCountingConsumers()).Build();
    }

    /// <summary>The time of a start is over at once.</summary>
    private sealed class ShortLooks : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                callback,
                state,
                dueTime == StoreStartupCheck.LooksWithin ? TimeSpan.Zero : dueTime,
                period
            );
    }
}
