using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.RecordView;

public sealed class ViewCommitterTests(StoreFixture store)
{
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Fact]
    public async Task Waiting_views_share_a_commit_and_each_gets_its_own_answer()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/warm");
        var before = (await store.LedgerAsync(_site.Id)).Commit;
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 1_000).Select(i => process.ViewAsync($"/{i % 10}", id: (ulong)(i % 500) + 1))
        );

        Assert.Equal(500, answers.Count(answer => answer.Fate == ViewFate.Counted));
        Assert.Equal(500, answers.Count(answer => answer.Fate == ViewFate.Duplicate));
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(501, ledger.Total);
        Assert.InRange(ledger.Commit - before, 1, 500);
        Assert.Empty(ledger.Contradictions());
    }

    [Fact]
    public async Task The_numbers_in_an_answer_are_those_of_its_own_commit()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        var answer = await process.ViewAsync("/a");
        Assert.Equal(2, answer.Site!.Shown.Total);
        Assert.Equal(2, answer.Page!.Shown(answer.Site.Day, answer.Site.Week).Today);
    }

    [Fact]
    public async Task A_store_that_lost_acknowledged_commits_gets_a_new_lane_and_counting_goes_on()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        await process.ViewAsync("/a");
        // As after a failover that lost everything.
        await store.Connection.GetDatabase().KeyDeleteAsync(CountingKeys.Ledger(_site.Id));
        Assert.Equal(ViewFate.Counted, (await process.ViewAsync("/a")).Fate);
        Assert.Equal(1, (await store.LedgerAsync(_site.Id)).Total);
    }

    [Fact]
    public async Task A_restarted_store_is_checked_and_taught_before_the_next_commit()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site);
        var first = await process.ViewAsync("/a");
        await redis.RestartAsync();
        var second = await Eventually.BecomesAsync(
            () => process.ViewAsync("/a", id: 1),
            answer => answer.Fate is ViewFate.Counted or ViewFate.Duplicate,
            "a view",
            TestContext.Current.CancellationToken
        );

        Assert.True(second.Site!.Version.CompareTo(first.Site!.Version) > 0);
        Assert.True(second.Site.Version.Epoch > first.Site.Version.Epoch);
        await using var connection = await redis.ConnectAsync();
        Assert.Equal(2, (await StoredLedger.ReadAsync(connection, _site.Id)).Total);
    }

    [Fact]
    public async Task A_view_that_waits_too_long_is_answered_and_not_before_and_counts_once_when_sent_again()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55));
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site, time);
        await process.ViewAsync("/a");
        redis.Pause();
        var inFlight = process.Site.Committer.CommitAsync(process.Pending("/a", id: 1));

        time.Advance(TimeSpan.FromSeconds(29));
        process.Site.Committer.CompleteOverdue();
        Assert.False(inFlight.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        process.Site.Committer.CompleteOverdue();
        Assert.Equal(ViewFate.StoreAway, (await inFlight).Fate);

        // Whether it was sent before nobody waited any more or not: with its id it counts once.
        redis.Resume();
        await Eventually.BecomesAsync(
            () => process.ViewAsync("/a", id: 1),
            answer => answer.Fate != ViewFate.StoreAway,
            "the view sent again",
            TestContext.Current.CancellationToken
        );
        await using var connection = await redis.ConnectAsync();
        Assert.Equal(2, (await StoredLedger.ReadAsync(connection, _site.Id)).Total);
    }

    [Fact]
    public async Task Past_the_places_for_waiting_views_a_view_is_refused_and_the_places_come_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site, settings: ("Counting:WaitingViews", "256"));
        await process.ViewAsync("/a");
        redis.Pause();
        var waiting = Enumerable
            .Range(0, 256)
            .Select(_ => process.Site.Committer.CommitAsync(process.Pending("/a")))
            .ToArray();
        Assert.Equal(ViewFate.TooManyWaiting, (await process.Site.Committer.CommitAsync(process.Pending("/a"))).Fate);

        redis.Resume();
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(ViewFate.Counted, answer.Fate));
        Assert.Equal(ViewFate.Counted, (await process.ViewAsync("/a")).Fate);
    }

    [Fact]
    public async Task A_view_accepted_before_midnight_counts_on_its_day_when_it_is_committed_after()
    {
        var midnight = new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.Zero);
        var time = new FakeTimeProvider(midnight.AddSeconds(-1));
        await using var process = new CountingProcess(store, _site, time);
        await process.Site.Reader.OpenAsync();
        var accepted = process.Pending("/a");
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ViewFate.Counted, (await process.Site.Committer.CommitAsync(accepted)).Fate);
        Assert.Equal(ViewFate.Counted, (await process.ViewAsync("/a")).Fate);

        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(1, ledger.Days[midnight.AddDays(-1).ToUnixTimeSeconds() / 60]);
        Assert.Equal(1, ledger.Days[midnight.ToUnixTimeSeconds() / 60]);
        Assert.Empty(ledger.Contradictions());
        var today = await process.Site.Reader.ReadAsync(["/a"]);
        Assert.Equal((1, 2), (today!.Snapshot.Site.Shown.Today, today.Snapshot.Site.Shown.Total));
    }
}
