using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReportStoreLoss;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.ReportStoreLoss;

/// <summary>
/// What was acknowledged is compared with what the ledger holds; a loss is a state of the ledger until somebody
/// acknowledges it.
/// </summary>
public sealed class StoreLossTests(StoreFixture store)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_of_a_new_site_nor_after_ordinary_commits()
    {
        await using var counting = Process();
        await counting.Get<StoreLosses>().CompareAsync(counting.Site.Site.Id);
        Assert.Empty(counting.Get<StoreLosses>().Open);
        Assert.Equal(0, (await store.LedgerAsync(counting.Site.Site.Id)).Commit);

        await counting.ViewAsync("/a");
        await counting.ViewAsync("/a");
        await counting.Get<StoreLosses>().CompareAsync(counting.Site.Site.Id);
        Assert.Empty(counting.Get<StoreLosses>().Open);
        Assert.Equal(2, (await store.LedgerAsync(counting.Site.Site.Id)).Commit);
    }

    [Fact]
    public async Task A_ledger_that_vanished_is_told_also_when_nobody_counts()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        await counting.ViewAsync("/a");
        await counting.ViewAsync("/a");
        await Database.KeyDeleteAsync(CountingKeys.Ledger(site));

        await counting.Get<StoreLosses>().CompareAsync(site);

        var loss = counting.Get<StoreLosses>().Open[site];
        Assert.Equal((2, 0), (loss.Expected.Views, loss.Found.Views));
        Assert.True(
            (await counting.ReadAsync(counting.Site.Calendar.Of(TimeProvider.System.GetUtcNow()))).Site.StoreLoss
        );
    }

    /// <summary>The ledger of the second backup still tells of the restore from the first one.</summary>
    [Fact]
    public async Task The_backup_that_is_named_is_the_one_that_was_restored_last()
    {
        DateTimeOffset first = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
            second = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        await using var counting = Process();
        var (site, restored) = (counting.Site.Site.Id, counting.Get<RestoredStore>());
        await counting.ViewAsync("/a");
        await restored.NoteAsync(site, first);
        await counting.Get<StoreLosses>().CompareAsync(site);
        Assert.Equal(first, counting.Get<StoreLosses>().Open[site].RestoredFrom);

        await counting.ViewAsync("/a");
        var copy = await Database.HashGetAllAsync(CountingKeys.Ledger(site));
        await counting.ViewAsync("/a");
        await RestoreAsync(site, copy);
        Assert.EndsWith("compared at the next start", await restored.NoteAsync(site, second), StringComparison.Ordinal);
        await counting.Get<StoreLosses>().CompareAsync(site);
        var loss = counting.Get<StoreLosses>().Open[site];
        Assert.Equal((3, 2, second), (loss.Expected.Views, loss.Found.Views, loss.RestoredFrom));
    }

    [Fact]
    public async Task A_second_loss_does_not_hide_the_first()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        await counting.ViewAsync("/a");
        var epoch = (long)await Database.HashGetAsync(CountingKeys.Ledger(site), "epoch");
        await counting.Get<StoreLosses>().CompareAsync(site, new LedgerState(new LedgerVersion(epoch, 1000), 1000));
        var copy = await Database.HashGetAllAsync(CountingKeys.Ledger(site));
        for (var i = 0; i < 3; i++)
        {
            await counting.ViewAsync("/a");
        }

        await RestoreAsync(site, copy);
        await counting.Get<StoreLosses>().CompareAsync(site);
        Assert.Equal(
            (1000, 1),
            (counting.Get<StoreLosses>().Open[site].Expected.Views, counting.Get<StoreLosses>().Open[site].Found.Views)
        );
    }

    /// <summary>As operators are advised: the noting in the wrong store is no commit that anybody could miss.</summary>
    [Fact]
    public async Task The_right_store_can_be_put_back()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        await counting.ViewAsync("/a");
        var older = await Database.HashGetAllAsync(CountingKeys.Ledger(site));
        await counting.ViewAsync("/a");
        await counting.ViewAsync("/a");
        var right = await Database.HashGetAllAsync(CountingKeys.Ledger(site));
        await RestoreAsync(site, older);
        await counting.Get<StoreLosses>().CompareAsync(site);
        Assert.Equal(
            (3, 1),
            (counting.Get<StoreLosses>().Open[site].Expected.Views, counting.Get<StoreLosses>().Open[site].Found.Views)
        );

        await RestoreAsync(site, right);
        await counting.Get<StoreLosses>().CompareAsync(site);
        Assert.Empty(counting.Get<StoreLosses>().Open);
        await counting.ViewAsync("/a");
        await counting.Get<StoreLosses>().CompareAsync(site);
        Assert.Empty(counting.Get<StoreLosses>().Open);
    }

    [Fact]
    public async Task A_ledger_that_went_on_from_an_older_state_is_told_though_it_has_overtaken_the_lost_one()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        await counting.ViewAsync("/a");
        var older = await Database.HashGetAllAsync(CountingKeys.Ledger(site));
        await counting.ViewAsync("/a");
        await counting.ViewAsync("/a");
        await RestoreAsync(site, older);

        // Another process, which knows nothing of what was lost, goes on.
        await using (var other = new CountingProcess(store, counting.Site.Site))
        {
            for (var i = 0; i < 9; i++)
            {
                await other.ViewAsync("/a");
            }
        }

        await counting.Get<StoreLosses>().CompareAsync(site);
        var loss = counting.Get<StoreLosses>().Open[site];
        Assert.Equal((3, 10), (loss.Expected.Views, loss.Found.Views));
    }

    [Fact]
    public async Task A_loss_is_noted_once_whoever_tells_of_it_and_the_highest_number_is_expected()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        await counting.ViewAsync("/a");
        var epoch = (long)await Database.HashGetAsync(CountingKeys.Ledger(site), "epoch");
        await Database.KeyDeleteAsync(CountingKeys.Ledger(site));

        await counting.Get<StoreLosses>().CompareAsync(site);
        var commit = (await store.LedgerAsync(site)).Commit;
        await counting.Get<StoreLosses>().CompareAsync(site, new LedgerState(new LedgerVersion(epoch, 1), 1));
        Assert.Equal(commit, (await store.LedgerAsync(site)).Commit);
        await counting.Get<StoreLosses>().CompareAsync(site, new LedgerState(new LedgerVersion(epoch, 40), 40));
        Assert.Equal(40, counting.Get<StoreLosses>().Open[site].Expected.Views);

        // Acknowledged, it is told by nobody any more.
        await counting.OnLedgerAsync(
            (ledger, process) =>
                ledger.AcknowledgeLossAsync(
                    process,
                    site,
                    new()
                    {
                        Kind = "storeLoss",
                        Id = "1",
                        Who = "me",
                        At = DateTime.UnixEpoch,
                    }
                )
        );
        await counting.Get<StoreLosses>().CompareAsync(site, new LedgerState(new LedgerVersion(epoch, 41), 41));
        Assert.Empty(counting.Get<StoreLosses>().Open);
        // The next one is.
        await counting.ViewAsync("/a");
        await Database.KeyDeleteAsync(CountingKeys.Ledger(site));
        await counting.Get<StoreLosses>().CompareAsync(site);
        Assert.Equal(1, counting.Get<StoreLosses>().Open[site].Expected.Views);
    }

    /// <summary>With nothing that tells how much: what is there is the least that had been acknowledged.</summary>
    [Fact]
    public async Task A_restore_is_a_loss_of_unknown_size_until_somebody_tells_more()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        var backup = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);
        await counting.ViewAsync("/a");
        await counting.ViewAsync("/a");
        var (before, epoch) = (
            await store.LedgerAsync(site),
            (long)await Database.HashGetAsync(CountingKeys.Ledger(site), "epoch")
        );
        // What is there was acknowledged: nobody knows what was after it.
        Assert.Contains(
            "noted as restored",
            await counting.Get<RestoredStore>().NoteAsync(site, backup),
            StringComparison.Ordinal
        );
        Assert.True((long)await Database.HashGetAsync(CountingKeys.Ledger(site), "epoch") > epoch);

        // Noted again, it is the same.
        var noted = await Database.HashGetAllAsync(CountingKeys.Ledger(site));
        await counting.Get<RestoredStore>().NoteAsync(site, backup);
        Assert.Equal(noted.ToHashSet(), (await Database.HashGetAllAsync(CountingKeys.Ledger(site))).ToHashSet());
        await counting.Get<StoreLosses>().CompareAsync(site);
        var loss = counting.Get<StoreLosses>().Open[site];
        Assert.Equal(
            (false, 2, 2, backup),
            (loss.IsExpectedKnown, loss.Expected.Views, loss.Found.Views, loss.RestoredFrom)
        );
        // Nobody has lost that.
        await counting
            .Get<StoreLosses>()
            .CompareAsync(site, new LedgerState(new LedgerVersion(epoch, before.Commit), 2));
        Assert.False(counting.Get<StoreLosses>().Open[site].IsExpectedKnown);
        await counting.Get<StoreLosses>().CompareAsync(site, new LedgerState(new LedgerVersion(epoch, 90), 80));
        loss = counting.Get<StoreLosses>().Open[site];
        Assert.Equal(
            (true, 80, 2, backup),
            (loss.IsExpectedKnown, loss.Expected.Views, loss.Found.Views, loss.RestoredFrom)
        );

        var entry = new AuditEntry
        {
            Kind = "storeLoss",
            Id = "1",
            Who = "me",
            At = DateTime.UnixEpoch,
        };
        await counting.OnLedgerAsync((ledger, process) => ledger.AcknowledgeLossAsync(process, site, entry));
        Assert.Null(await counting.Get<ViewLedger>().FindDamageAsync(site, mayBeUnknown: false, Cancel));
        var audited = AuditEntry.Parse(
            (string)(await Database.HashGetAsync(CountingKeys.Ledger(site), CountingKeys.AuditField(1)))!
        );
        Assert.Equal((80, backup.UtcDateTime), (audited.Expected!.Views, audited.RestoredAt));
        // The next loss is none of that restore.
        await counting.ViewAsync("/a");
        await counting
            .Get<StoreLosses>()
            .CompareAsync(site, new LedgerState(new LedgerVersion(before.Commit + 1_999_999_999_999, 9), 9));
        Assert.Null(counting.Get<StoreLosses>().Open[site].RestoredFrom);
    }

    [Fact]
    public async Task A_restore_to_before_the_first_view_is_told_and_the_site_counts_on()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        var backup = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);
        await counting.Get<RestoredStore>().NoteAsync(site, backup);
        await counting.ViewAsync("/a");
        await counting.Get<StoreLosses>().CompareAsync(site);
        var loss = counting.Get<StoreLosses>().Open[site];
        Assert.Equal((false, 0, backup), (loss.IsExpectedKnown, loss.Found.Views, loss.RestoredFrom));
        Assert.Null(await counting.Get<ViewLedger>().FindDamageAsync(site, mayBeUnknown: false, Cancel));
        Assert.Equal(1, (await store.LedgerAsync(site)).Total);
    }

    [Fact]
    public async Task What_was_acknowledged_after_the_backup_is_known_and_compared_at_the_next_start()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        await counting.ViewAsync("/a");
        var copy = await Database.HashGetAllAsync(CountingKeys.Ledger(site));
        await counting.ViewAsync("/a");
        await RestoreAsync(site, copy);
        Assert.EndsWith(
            "is known, and compared at the next start",
            await counting.Get<RestoredStore>().NoteAsync(site, DateTimeOffset.UnixEpoch),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Versions_do_not_run_backwards_behind_a_loss_whatever_the_clock_of_the_store_says()
    {
        await using var counting = Process();
        var site = counting.Site.Site.Id;
        var future = TimeProvider.System.GetUtcNow().AddYears(1).ToUnixTimeMilliseconds();
        await counting.Get<StoreLosses>().CompareAsync(site, new LedgerState(new LedgerVersion(future, 5), 5));
        Assert.True((long)await Database.HashGetAsync(CountingKeys.Ledger(site), "epoch") > future);
    }

    [Fact]
    public async Task The_file_tells_a_later_process_what_was_acknowledged()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.File("acknowledged");
        var site = new Site { Id = StoreFixture.NewSite(), Zone = TimeZoneInfo.Utc };
        await using (var before = new CountingProcess(store, site, null, ("Counting:AcknowledgedFile", file)))
        {
            before.Get<AcknowledgedFile>().Load();
            await before.ViewAsync("/a");
            await before.ViewAsync("/b");
            await before.Get<AcknowledgedFile>().RunAsync(Cancel);
        }

        await Database.KeyDeleteAsync(CountingKeys.Ledger(site.Id));
        await using var after = new CountingProcess(store, site, null, ("Counting:AcknowledgedFile", file));
        after.Get<AcknowledgedFile>().Load();
        // What was not compared yet is not written over.
        await after.Get<AcknowledgedFile>().RunAsync(Cancel);
        Assert.Equal(2, Assert.Single(AcknowledgedFile.Read(await File.ReadAllTextAsync(file, Cancel))).State.Views);
        await after.Get<StoreLosses>().CompareAsync(site.Id);
        Assert.Equal(2, after.Get<StoreLosses>().Open[site.Id].Expected.Views);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sonla 1 2 3\n")]
    [InlineData("sonla 1 2 3\nchecksum 0000000000000000\n")]
    public async Task A_broken_file_tells_nothing_and_is_written_anew(string text)
    {
        using var folder = new TemporaryDirectory();
        var file = folder.File("acknowledged");
        await File.WriteAllTextAsync(file, text, Cancel);
        await using var counting = Process(("Counting:AcknowledgedFile", file));
        counting.Get<AcknowledgedFile>().Load();
        Assert.Empty(counting.Get<AcknowledgedStates>().Of(counting.Site.Site.Id));
        await counting.ViewAsync("/a");
        await counting.Get<AcknowledgedFile>().RunAsync(Cancel);
        Assert.Equal(1, Assert.Single(AcknowledgedFile.Read(await File.ReadAllTextAsync(file, Cancel))).State.Views);
    }

    [Fact]
    public void A_file_is_read_as_it_was_written()
    {
        (string, LedgerState)[] states =
        [
            ("sonla", new(new LedgerVersion(1, 2), 3)),
            ("sonla", new(new LedgerVersion(0, 2), 1)),
            ("tinh", new(new LedgerVersion(4, 5), 6)),
        ];
        var text = AcknowledgedFile.Text(states);
        Assert.Equal(states, AcknowledgedFile.Read(text));
        for (var cut = 0; cut < text.Length; cut++)
        {
            Assert.Throws<FormatException>(() => AcknowledgedFile.Read(text[..cut]));
        }
    }

    private IDatabase Database => store.Connection.GetDatabase();

    private CountingProcess Process(params (string, string)[] settings) =>
        new(store, new Site { Id = StoreFixture.NewSite(), Zone = TimeZoneInfo.Utc }, null, settings);

    /// <summary>As a restored store would have it: its process is another one than the one that wrote.</summary>
    private async Task RestoreAsync(string site, HashEntry[] fields)
    {
        await Database.KeyDeleteAsync(CountingKeys.Ledger(site));
        await Database.HashSetAsync(
            CountingKeys.Ledger(site),
            [.. fields.Where(field => field.Name != "run"), new HashEntry("run", "another")]
        );
    }
}
