using Microsoft.Extensions.Options;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Ledger;

/// <summary>From ids by HMAC-SHA256 to ids by SipHash, with replicas of both versions on one ledger.</summary>
public sealed class HashChangeTests(StoreFixture store)
{
    private const string Secret = "a secret of the tests, 32 characters and more";
    private const long Far = 4_000_000_000_000;
    private static readonly TimeBuckets Monday = new(
        Minute: 29_000_100,
        Hour: 29_000_060,
        Day: 29_000_000,
        Week: 29_000_000
    );

    // Over when the first commit comes that is later than that, by the store's clock.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1),
        Long = TimeSpan.FromDays(1);

    private readonly Site _site = new() { Id = StoreFixture.NewSite() };
    private long _sequence;
    private int _made;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RedisKey Key => CountingKeys.Ledger(_site.Id);

    private EarlierLane Earlier => field ??= new EarlierLane(store.Connection, _site.Id, Secret, "earlier");

    [Fact]
    public async Task A_new_ledger_begins_with_the_new_hash_and_keeps_out_who_does_not_know_it()
    {
        await using var process = New(Long);
        Assert.Equal("c", await CommitAsync(process, "an-id-of-sixteen-1"));
        Assert.Equal("1", await FieldAsync("ih"));
        Assert.Equal(ViewLedger.NewSecretCheck(Secret, _site.Id), await FieldAsync("sc"));

        Assert.Equal(EarlierLane.Refused, await Earlier.CommitAsync(Monday, Far, Long, "an-id-of-sixteen-1"));
        Assert.Equal(1, (await store.LedgerAsync(_site.Id)).Total);
        Assert.False(await NeedsEarlierAsync(process));
    }

    [Fact]
    public async Task Replicas_of_both_versions_find_each_other_s_ids()
    {
        await using var process = New(Long);
        Assert.Equal("cc", await Earlier.CommitAsync(Monday, Far, Long, "of-the-earlier-1", "of-the-earlier-2"));
        Assert.Equal("dc", await CommitAsync(process, "of-the-earlier-1", "of-the-later-one"));
        Assert.Equal("dd", await Earlier.CommitAsync(Monday, Far, Long, "of-the-later-one", "of-the-earlier-1"));
        Assert.True(await NeedsEarlierAsync(process));
        Assert.Equal(3, (await store.LedgerAsync(_site.Id)).Total);
    }

    [Fact]
    public async Task Under_load_from_both_and_across_the_change_no_view_is_counted_twice()
    {
        await using var process = New(Short, settled: Short / 4);
        var random = new Random(4711);
        List<(string Id, long Generation)> counted = [];
        var isRefused = false;
        // Until both generations are by the new hash; the earlier one writes for the first part of it.
        for (var first = 0L; first == 0 || await GenerationAsync() <= first; )
        {
            Cancel.ThrowIfCancellationRequested();
            (string Id, long Generation)[] again =
            [
                .. Enumerable
                    .Range(0, Math.Min(5, counted.Count))
                    .Select(_ => counted[^(1 + random.Next(Math.Min(200, counted.Count)))])
                    .Distinct(),
            ];
            string[] ids = [.. again.Select(each => each.Id), NewId(), NewId(), NewId()];
            // On a busy machine it may be silent for so long that the ledger changes.
            var isEarlier = !isRefused && counted.Count < 1_000 && random.Next(2) == 0;
            var outcome = isEarlier
                ? await Earlier.CommitAsync(Monday, Far, Short, ids)
                : await CommitAsync(process, ids);
            if (outcome == EarlierLane.Refused)
            {
                isRefused = true;
                continue;
            }
            var generation = await GenerationAsync();
            Assert.Equal("ccc", outcome[again.Length..]);
            Assert.All(
                again.Zip(outcome),
                each => Assert.True(each.Second == 'd' || generation > each.First.Generation + 1, each.First.Id)
            );
            counted.AddRange(ids[again.Length..].Select(id => (id, generation)));
            first = long.Parse(await FieldAsync("ih") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        }
        Assert.Equal(EarlierLane.Refused, await Earlier.CommitAsync(Monday, Far, Short, counted[^1].Id));
        Assert.Empty((await store.LedgerAsync(_site.Id)).Contradictions());
    }

    [Fact]
    public async Task While_one_writes_that_does_not_know_it_no_generation_begins_with_the_new_hash()
    {
        await using var process = New(Short, settled: Short / 2);
        await Earlier.CommitAsync(Monday, Far, Short, NewId());
        // Three generations, in each of which both write.
        for (var generation = await GenerationAsync(); await GenerationAsync() < generation + 3; )
        {
            Assert.Equal("c", await Earlier.CommitAsync(Monday, Far, Short, NewId()));
            Assert.Equal("c", await CommitAsync(process, NewId()));
        }
        Assert.Null(await FieldAsync("ih"));

        // Alone it waits for its time, and for the next generation.
        var since = await GenerationAsync();
        while (await FieldAsync("ih") is null)
        {
            Cancel.ThrowIfCancellationRequested();
            Assert.Equal("c", await CommitAsync(process, NewId()));
        }
        Assert.InRange(await GenerationAsync(), since + 1, since + 3);
        Assert.Equal(await FieldAsync("ih"), $"{await GenerationAsync()}");
    }

    [Fact]
    public async Task What_other_scripts_write_is_known_to_come_from_the_new_version()
    {
        await using var process = New(Long);
        await Earlier.CommitAsync(Monday, Far, Long, NewId());
        await CommitAsync(process, NewId());
        var before = (await FieldAsync("hk"))!.Split(' ');
        await process
            .Get<StoreConnection>()
            .WithProcessAsync(Key, known => process.Get<ViewLedger>().FreezeWeekAsync(known, _site.Id, 1, 2));
        var after = (await FieldAsync("hk"))!.Split(' ');
        Assert.Equal((await FieldAsync("n"), before[1]), (after[0], after[1]));
        Assert.NotEqual(before[0], after[0]);
    }

    [Fact]
    public async Task Ids_of_before_are_found_after_the_change_until_their_generation_is_over()
    {
        await using var process = New(Long, settled: TimeSpan.Zero);
        await Earlier.CommitAsync(Monday, Far, Long, "of-the-earlier-1");
        Assert.Equal("c", await CommitAsync(process, "of-the-later-one"));
        await EndGenerationAsync();
        Assert.Equal("cdd", await CommitAsync(process, "of-the-new-hash-", "of-the-earlier-1", "of-the-later-one"));
        Assert.NotNull(await FieldAsync("ih"));
        Assert.True(await NeedsEarlierAsync(process));
        Assert.Equal("ddd", await CommitAsync(process, "of-the-new-hash-", "of-the-earlier-1", "of-the-later-one"));

        await EndGenerationAsync();
        Assert.Equal("cd", await CommitAsync(process, "of-the-third-one", "of-the-new-hash-"));
        Assert.False(await NeedsEarlierAsync(process));
        Assert.Equal("d", await CommitAsync(process, isEarlierMade: false, "of-the-new-hash-"));
    }

    [Fact]
    public async Task A_batch_without_the_ids_that_a_ledger_needs_writes_nothing()
    {
        await using var process = New(Long);
        await Earlier.CommitAsync(Monday, Far, Long, NewId());
        var before = await store.Connection.GetDatabase().HashGetAllAsync(Key);
        var batch = Batch(process, isEarlierMade: false, "of-the-later-one");
        Assert.Equal(CommitState.LacksIds, (await process.CommitAsync("later", 1, batch)).State);
        Assert.Equal(before.ToDictionary(), (await store.Connection.GetDatabase().HashGetAllAsync(Key)).ToDictionary());
    }

    [Fact]
    public async Task Where_an_older_process_has_its_secret_accepted_the_new_hash_stays_and_none_counts_by_the_other()
    {
        await using var process = New(Long);
        await CommitAsync(process, NewId());
        // As it would write it.
        await store.Connection.GetDatabase().HashSetAsync(Key, "sc", ViewLedger.SecretCheck(Secret, _site.Id));
        await Assert.ThrowsAnyAsync<UnsafeStoreException>(() => CommitAsync(process, NewId()));
        _sequence--;
        var entry = new AuditEntry
        {
            Kind = "visitorSecret",
            Id = "another",
            Reason = "a test",
            Who = "a test",
            At = DateTime.UnixEpoch,
        };
        var accepted = await process
            .Get<StoreConnection>()
            .WithProcessAsync(Key, known => process.Get<ViewLedger>().AcceptSecretAsync(known, _site.Id, entry));
        Assert.Equal("accepted", accepted);
        Assert.Equal(ViewLedger.NewSecretCheck(Secret, _site.Id), await FieldAsync("sc"));
        Assert.Equal("c", await CommitAsync(process, isEarlierMade: false, NewId()));
    }

    [Fact]
    public async Task Visitors_have_one_name_for_the_whole_week_and_another_hash_with_the_next_key()
    {
        await using var process = New(Long, settled: TimeSpan.Zero);
        await process.Get<StoreConnection>().ProcessOfAsync(Key);
        var keys = process.Get<VisitorStore>();
        await Earlier.CommitAsync(Monday, Far, Long, NewId());
        var week = await keys.KeyOfWeekAsync(_site.Id, 1);
        Assert.Equal(VisitorKey.EarlierSize, week.Length);

        await CommitAsync(process, NewId());
        await EndGenerationAsync();
        await CommitAsync(process, NewId());
        Assert.NotNull(await FieldAsync("ih"));
        Assert.Equal(week, await keys.KeyOfWeekAsync(_site.Id, 1));
        var next = await keys.KeyOfWeekAsync(_site.Id, 2);
        Assert.Equal(VisitorKey.SipSize, next.Length);
        Assert.Equal(next, await keys.KeyOfWeekAsync(_site.Id, 2));
    }

    [Fact]
    public async Task A_view_that_lacks_what_a_ledger_put_back_needs_is_refused_and_not_counted()
    {
        await using var process = New(Long);
        await Earlier.CommitAsync(Monday, Far, Long, NewId());
        var answer = await process.ViewAsync("/a", id: 7);
        Assert.Equal(ViewFate.StoreAway, answer.Fate);
        Assert.Equal(1, (await store.LedgerAsync(_site.Id)).Total);
    }

    private CountingProcess New(TimeSpan generation, TimeSpan? settled = null)
    {
        var process = new CountingProcess(store, _site, null, ("Counting:ViewIdGeneration", generation.ToString()));
        process.Get<IOptions<CountingOptions>>().Value.HashSettled = settled ?? TimeSpan.FromDays(1);
        return process;
    }

    private string NewId() => $"a-view-of-the-test-{++_made:D6}";

    private CommitBatch Batch(CountingProcess process, bool isEarlierMade, params string[] ids)
    {
        var fingerprint = new ViewIdFingerprint(System.Text.Encoding.UTF8.GetBytes(Secret), _site.Id);
        var batch = new CommitBatch { Buckets = Monday };
        foreach (var id in ids)
        {
            batch.AddView("/a", fingerprint.Of(id), Far, isEarlierMade ? fingerprint.EarlierOf(id) : null);
        }
        return batch;
    }

    private Task<string> CommitAsync(CountingProcess process, params string[] ids) =>
        CommitAsync(process, isEarlierMade: true, ids);

    private async Task<string> CommitAsync(CountingProcess process, bool isEarlierMade, params string[] ids)
    {
        var reply = await process.CommitAsync("later", ++_sequence, Batch(process, isEarlierMade, ids));
        Assert.Equal(CommitState.Applied, reply.State);
        return reply.Outcome;
    }

    private async Task<bool> NeedsEarlierAsync(CountingProcess process) =>
        (
            await process
                .Get<StoreConnection>()
                .WithProcessAsync(
                    Key,
                    known => process.Get<ViewLedger>().ReadAsync(known, _site.Id, Monday.Day, Monday.Week, [])
                )
        )
            .Site
            .NeedsEarlierIds;

    private async Task<string?> FieldAsync(string field) =>
        await store.Connection.GetDatabase().HashGetAsync(Key, field);

    private async Task<long> GenerationAsync() =>
        long.Parse((await FieldAsync("g"))!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    // As if it had begun a day before.
    private async Task EndGenerationAsync()
    {
        var parts = (await FieldAsync("g"))!.Split(' ');
        parts[1] = "1";
        await store.Connection.GetDatabase().HashSetAsync(Key, "g", string.Join(' ', parts));
    }
}
