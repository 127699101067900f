using PortalServices.Counting.AcceptSecret;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;

namespace PortalServices.Counting.Tests.Ledger;

/// <summary>A ledger knows which secret its ids and visitors are hashed with.</summary>
public sealed class VisitorSecretTests(StoreFixture store)
{
    private const string Other = "another secret of the tests, 32 characters and more";
    private const string Check = "sc";

    [Fact]
    public void What_the_ledger_holds_never_changes() =>
        Assert.Equal(
            "28fd26828de7c7a7",
            ViewLedger.SecretCheck("a secret of the tests, 32 characters and more", "sonla")
        );

    [Fact]
    public async Task An_older_ledger_gets_the_secret_and_keeps_it()
    {
        var site = SiteOf();
        await using var counting = new CountingProcess(store, site);
        await counting.ViewAsync("/a");
        await store.Connection.GetDatabase().HashDeleteAsync(CountingKeys.Ledger(site.Id), Check);
        await counting.ViewAsync("/a");
        Assert.Equal(
            ViewLedger.SecretCheck("a secret of the tests, 32 characters and more", site.Id),
            (string?)await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(site.Id), Check)
        );
        Assert.Equal(2, (await store.LedgerAsync(site.Id)).Total);
    }

    [Fact]
    public async Task A_process_with_another_secret_counts_nothing()
    {
        var site = SiteOf();
        await using var first = new CountingProcess(store, site);
        await first.ViewAsync("/a", id: 7);
        await using var second = Differing(site);
        Assert.False(await second.Site.Reader.OpenAsync());
        Assert.StartsWith(
            "Counting:VisitorSecret: the ledger of " + site.Id,
            second.Get<FatalStop>().Message,
            StringComparison.Ordinal
        );
        Assert.Equal(1, (await store.LedgerAsync(site.Id)).Total);
    }

    [Fact]
    public async Task A_ledger_that_gets_another_secret_meanwhile_takes_no_commits()
    {
        var site = SiteOf();
        await using var counting = new CountingProcess(store, site);
        await counting.ViewAsync("/a");
        await store.Connection.GetDatabase().HashSetAsync(CountingKeys.Ledger(site.Id), Check, "0123456789abcdef");
        Assert.Equal(ViewFate.StoreAway, (await counting.ViewAsync("/a")).Fate);
        Assert.NotNull(counting.Get<FatalStop>().Message);
        Assert.Equal(1, (await store.LedgerAsync(site.Id)).Total);
    }

    [Fact]
    public async Task Of_two_that_start_at_once_one_is_refused()
    {
        for (var round = 0; round < 10; round++)
        {
            var site = SiteOf();
            await using var one = new CountingProcess(store, site);
            await using var other = Differing(site);
            var opened = await Task.WhenAll(
                Task.Run(() => one.Site.Reader.OpenAsync().AsTask()),
                Task.Run(() => other.Site.Reader.OpenAsync().AsTask())
            );
            Assert.Single(opened, open => open);
        }
    }

    [Fact]
    public async Task An_accepted_secret_begins_with_new_ids_and_new_keys()
    {
        var site = SiteOf();
        byte[]? key;
        long week;
        await using (var before = new CountingProcess(store, site))
        {
            await before.ViewAsync("/a", id: 7);
            week = before.Site.Calendar.Of(TimeProvider.System.GetUtcNow()).Week;
            await before.Site.Keys.NameAsync(before.Site.Calendar.Of(week), System.Net.IPAddress.Loopback, "browser");
            key = await store.Connection.GetDatabase().StringGetAsync(CountingKeys.VisitorKey(site.Id, week));
            Assert.NotNull(key);
        }

        await using (var command = Differing(site))
        {
            Assert.Contains(
                "accepted",
                Assert.Single(await command.Get<SecretAcceptance>().RunAsync()),
                StringComparison.Ordinal
            );
            Assert.Contains(
                "already",
                Assert.Single(await command.Get<SecretAcceptance>().RunAsync()),
                StringComparison.Ordinal
            );
        }

        await using var after = Differing(site);
        Assert.Equal(ViewFate.Expired, (await after.ViewAsync("/a", id: 8, age: TimeSpan.FromMinutes(1))).Fate);
        Assert.Equal(ViewFate.Counted, (await after.ViewAsync("/a", id: 7)).Fate);
        Assert.Equal(ViewFate.Duplicate, (await after.ViewAsync("/a", id: 7)).Fate);
        await after.Site.Keys.NameAsync(after.Site.Calendar.Of(week), System.Net.IPAddress.Loopback, "browser");
        Assert.NotEqual(
            key,
            (byte[]?)await store.Connection.GetDatabase().StringGetAsync(CountingKeys.VisitorKey(site.Id, week))
        );

        var audit = AuditEntry.Parse(
            (string)
                (
                    await store
                        .Connection.GetDatabase()
                        .HashGetAsync(CountingKeys.Ledger(site.Id), CountingKeys.AuditField(1))
                )!
        );
        Assert.Equal(("visitorSecret", "--accept-visitor-secret"), (audit.Kind, audit.Who));
        Assert.Equal(
            1,
            await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(site.Id), CountingKeys.AuditEntries)
        );
    }

    /// <summary>The one that is whole is left as it is, too: a command that fails has done nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_ledger_takes_no_secret(bool isFirst)
    {
        Site[] sites = [SiteOf(), SiteOf()];
        await using (var before = new CountingProcess(store.Redis, sites))
        {
            await before.ViewAsync("/a", id: 7);
            await before.Get<KnownPages>().PublishAsync(sites[1].Id, Guid.NewGuid(), 1, ["/b"]);
            await before.Site.Keys.NameAsync(
                before.Site.Calendar.Of(TimeProvider.System.GetUtcNow()),
                System.Net.IPAddress.Loopback,
                "browser"
            );
        }

        var database = store.Connection.GetDatabase();
        var damaged = CountingKeys.Ledger(sites[isFirst ? 0 : 1].Id);
        await database.HashSetAsync(damaged, "w:299227y0", 1);
        var fields = await FieldsAsync();
        var week = new SiteCalendar(sites[0]).Of(TimeProvider.System.GetUtcNow()).Week;
        await using var command = new CountingProcess(store.Redis, sites, null, ("Counting:VisitorSecret", Other));
        var refusal = await Assert.ThrowsAsync<StartupException>(() => command.Get<SecretAcceptance>().RunAsync());
        Assert.Equal(
            $"The ledger of {sites[isFirst ? 0 : 1].Id} is damaged and was left as it is: its field w:299227y0 cannot have been written. Put back a copy of the store, or move it away to begin from zero.",
            refusal.Message
        );
        Assert.Equal(fields, await FieldsAsync());
        Assert.True(await database.KeyExistsAsync(CountingKeys.VisitorKey(sites[0].Id, week)));

        // Found by those that counted, and mended while none of them runs.
        await database.HashSetAsync(damaged, "dm", "1 its field w:299227y0 cannot have been written");
        await database.HashDeleteAsync(damaged, "w:299227y0");
        Assert.All(
            await command.Get<SecretAcceptance>().RunAsync(),
            line => Assert.Contains("accepted", line, StringComparison.Ordinal)
        );

        async Task<string> FieldsAsync()
        {
            var all = new List<string>();
            foreach (var site in sites)
            {
                all.AddRange(
                    (await database.HashGetAllAsync(CountingKeys.Ledger(site.Id))).Select(field =>
                        $"{site.Id} {field.Name} {field.Value}"
                    )
                );
            }
            return string.Join('\n', all.Order(StringComparer.Ordinal));
        }
    }

    private static Site SiteOf() =>
        new() { Id = StoreFixture.NewSite(), Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh") };

    private CountingProcess Differing(Site site) => new(store, site, null, ("Counting:VisitorSecret", Other));
}
