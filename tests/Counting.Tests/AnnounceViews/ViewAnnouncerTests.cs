using CsCheck;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Contracts;
using PortalServices.Counting.AnnounceViews;
using PortalServices.Counting.Baselines;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Counting.Tests.AnnounceViews;

/// <summary>What published pages show is announced.</summary>
public sealed class ViewAnnouncerTests(StoreFixture store)
{
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_of_a_published_page_is_announced_with_what_the_page_shows_and_the_version_of_its_commit()
    {
        await using var process = new CountingProcess(store, _site);
        await process.PublishAsync("/articles/a");
        await process.AdjustAsync(AdjustmentOf.Baseline("/articles/a", 100), Now(process));
        var answer = await process.ViewAsync("/articles/a");
        Assert.True(await process.Announcer.AnnounceChangesAsync(Cancel));
        Assert.Equal([Event("/articles/a", 101, answer.Site!.Version)], process.Events.Taken);

        // Told once, while nothing changes.
        Assert.True(await process.Announcer.AnnounceChangesAsync(Cancel));
        Assert.Single(process.Events.Taken);
    }

    [Fact]
    public async Task A_page_that_is_not_published_never_is()
    {
        await using var process = new CountingProcess(store, _site);
        await process.PublishAsync("/articles/a");
        await process.Announcer.AnnounceChangesAsync(Cancel);
        process.Events.Clear();
        var article = Guid.NewGuid();
        await process.Get<KnownPages>().PublishAsync(_site.Id, article, 1, ["/articles/withdrawn"]);
        await process.Announcer.AnnounceChangesAsync(Cancel);
        await process.Get<KnownPages>().WithdrawAsync(_site.Id, article, 2, ["/articles/withdrawn"]);
        process.Events.Clear();

        await process.ViewAsync("/other");
        await process.ViewAsync("/articles/withdrawn");
        await process.AdjustAsync(AdjustmentOf.Baseline("/other", 100), Now(process));
        await process.AdjustAsync(AdjustmentOf.Baseline(null, 100), Now(process));
        await process.Announcer.AnnounceChangesAsync(Cancel);
        Assert.Empty(process.Events.Taken);
        await process.Announcer.AnnounceAllAsync(process.Site.Site, Cancel);
        Assert.Equal(["/articles/a"], process.Events.Taken.Select(each => each.Path));
    }

    [Fact]
    public async Task A_page_with_views_is_announced_when_it_is_published()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/articles/a");
        await process.PublishAsync("/articles/a");
        await process.Announcer.AnnounceChangesAsync(Cancel);
        Assert.Equal(("/articles/a", 1), process.Events.Taken.Select(each => (each.Path, each.Views)).Single());
    }

    [Fact]
    public async Task Corrections_baselines_and_what_takes_them_back_are_announced()
    {
        await using var process = new CountingProcess(store, _site);
        await process.PublishAsync("/articles/a");
        await process.ViewAsync("/articles/a");
        var (adjustments, now) = (
            process.Get<Adjustments>(),
            process.Site.Calendar.Of(TimeProvider.System.GetUtcNow())
        );
        var baseline = new Baseline("old-counter", "/articles/a", 1_000, 0, 0, "old counter");
        await adjustments.ApplyAsync(
            process.Site.Site.Id,
            baseline.Audit("tests", TimeProvider.System.GetUtcNow(), now)
        );
        await AnnouncedAsync(1_001);
        await process.AdjustAsync(AdjustmentOf.Correction("/articles/a", 5), now);
        await AnnouncedAsync(1_006);
        Assert.Equal(
            AdjustmentOutcome.Applied,
            await adjustments.UndoAsync(process.Site.Site.Id, AdjustmentKind.Baseline, "old-counter", "tests", null)
        );
        await AnnouncedAsync(6);

        async Task AnnouncedAsync(long views)
        {
            process.Events.Clear();
            Assert.True(await process.Announcer.AnnounceChangesAsync(Cancel));
            var version = (await process.ReadAsync(now)).Site.Version;
            Assert.Equal([Event("/articles/a", views, version)], process.Events.Taken);
        }
    }

    [Fact]
    public async Task At_the_start_every_published_page_is_announced_and_every_ten_minutes_again_and_changes_within_two_seconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using (var before = new CountingProcess(store, _site))
        {
            for (var i = 0; i < 3; i++)
            {
                await before.PublishAsync([.. Enumerable.Range(i * 100, 100).Select(page => $"/articles/{page}")]);
            }

            await before.ViewAsync("/articles/7");
            await before.ViewAsync("/other");
        }

        await using var process = new CountingProcess(store, _site, time);
        PeriodicRunner[] work =
        [
            .. process.Work.Where(each =>
                each.Name == process.Announcer.Name || each.Name == process.Get<ViewTurns>().Name
            ),
        ];
        await Task.WhenAll(work.Select(each => each.StartAsync(Cancel)));
        await Eventually.HoldsAsync(() => process.Events.Taken.Count == 300, "all are announced", Cancel);
        Assert.Equal(300, process.Events.Taken.Select(each => each.Path).Distinct().Count());
        Assert.Equal(1, CapturedEvents.Reduce(process.Events.Taken)["/articles/7"]);

        process.Events.Clear();
        await process.ViewAsync("/articles/8");
        await Eventually.HoldsAsync(
            () => process.Events.Taken.Count > 0 || !Advance(ViewAnnouncer.ChangesEvery),
            "the change is announced",
            Cancel
        );
        Assert.Equal(("/articles/8", 1), process.Events.Taken.Select(each => (each.Path, each.Views)).Single());

        // The second turn comes some time in the first ten minutes, those that follow ten minutes after one another.
        Assert.InRange(await NextTurnAsync(), TimeSpan.Zero, 1.5 * ViewAnnouncer.AllEvery);
        Assert.InRange(await NextTurnAsync(), 0.5 * ViewAnnouncer.AllEvery, 1.5 * ViewAnnouncer.AllEvery);
        await Task.WhenAll(work.Select(each => each.StopAsync(Cancel)));

        bool Advance(TimeSpan by)
        {
            time.Advance(by);
            return true;
        }

        async Task<TimeSpan> NextTurnAsync()
        {
            var started = time.GetTimestamp();
            process.Events.Clear();
            await Eventually.HoldsAsync(
                () => process.Events.Taken.Count >= 300 || !Advance(ViewAnnouncer.ChangesEvery),
                "all are announced again",
                Cancel
            );
            return time.GetElapsedTime(started);
        }
    }

    [Fact]
    public async Task What_the_bus_does_not_take_is_kept_while_views_are_answered_and_announced_when_it_does()
    {
        await using var process = new CountingProcess(store, _site);
        await process.PublishAsync("/articles/a", "/articles/b");
        process.Events.IsAway = true;
        await process.ViewAsync("/articles/a");
        Assert.False(await process.Announcer.AnnounceChangesAsync(Cancel));
        Assert.Equal(ViewFate.Counted, (await process.ViewAsync("/articles/a")).Fate);
        Assert.False(await process.Announcer.AnnounceChangesAsync(Cancel));
        Assert.Empty(process.Events.Taken);

        process.Events.IsAway = false;
        Assert.True(await process.Announcer.AnnounceChangesAsync(Cancel));
        Assert.Equal(
            new Dictionary<string, long> { ["/articles/a"] = 2, ["/articles/b"] = 0 },
            CapturedEvents.Reduce(process.Events.Taken)
        );
    }

    [Fact]
    public async Task A_bus_that_is_away_is_waited_for_by_the_announcement_of_all()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var process = new CountingProcess(store, _site, time);
        await process.PublishAsync("/articles/a");
        process.Events.IsAway = true;
        var all = process.Announcer.AnnounceAllAsync(process.Site.Site, Cancel);
        await Eventually.HoldsAsync(() => process.Events.Tries == 1, "it is tried", Cancel);
        process.Events.IsAway = false;
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(ViewAnnouncer.ChangesEvery);
                return all.IsCompleted;
            },
            "it goes on",
            Cancel
        );
        await all;
        Assert.Equal(["/articles/a"], process.Events.Taken.Select(each => each.Path));
    }

    [Fact]
    public async Task The_events_of_two_replicas_in_any_order_and_doubled_reduce_to_what_the_ledger_shows()
    {
        string[] pages = ["/articles/a", "/articles/b", "/articles/c"];
        await using var one = new CountingProcess(store, _site);
        await using var two = new CountingProcess(store, _site);
        await one.PublishAsync(pages);
        // Both at the same time count, adjust and announce; what one announces may be older than what the other did.
        await Task.WhenAll(LiveAsync(one, 1), LiveAsync(two, 2));
        var now = Now(one);
        var read = await one.OnLedgerAsync(
            (ledger, known) => ledger.ReadAsync(known, _site.Id, now.Day, now.Week, pages)
        );
        var shown = read.Pages.ToDictionary(page => page.Key, page => page.Value.ShownTotal);
        PageViewsCounted[] events = [.. one.Events.Taken, .. two.Events.Taken];
        Assert.True(events.Length > 50, $"{events.Length} events");
        Gen.Shuffle((PageViewsCounted[])[.. events, .. events])
            .Sample(shuffled => Assert.Equal(shown, CapturedEvents.Reduce(shuffled)), iter: 200);

        async Task LiveAsync(CountingProcess process, int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < 60; i++)
            {
                var page = pages[random.Next(pages.Length)];
                await Task.WhenAll(Enumerable.Range(0, random.Next(1, 4)).Select(_ => process.ViewAsync(page)));
                if (random.Next(5) == 0)
                {
                    await process.AdjustAsync(AdjustmentOf.Baseline(page, random.Next(100)), Now(process));
                }

                if (random.Next(2) == 0)
                {
                    await process.Announcer.AnnounceChangesAsync(Cancel);
                }

                if (random.Next(10) == 0)
                {
                    await process.Announcer.AnnounceAllAsync(process.Site.Site, Cancel);
                }
            }

            await process.Announcer.AnnounceChangesAsync(Cancel);
        }
    }

    [Fact]
    public async Task The_announcement_of_all_tells_of_which_version_its_numbers_are()
    {
        await using var process = new CountingProcess(store, _site);
        await process.PublishAsync("/articles/a");
        var answer = await process.ViewAsync("/articles/a");
        await process.Announcer.AnnounceAllAsync(process.Site.Site, Cancel);
        Assert.Equal([Event("/articles/a", 1, answer.Site!.Version)], process.Events.Taken);
    }

    [Fact]
    public async Task More_pages_than_are_held_at_a_time_are_all_announced()
    {
        await using var process = new CountingProcess(store, _site);
        await process.PublishAsync("/articles/first");
        var mark = (string)
            (await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(_site.Id), "p:/articles/first"))!;
        const int Pages = (2 * PublishedPages.MaxAtOnce) + 1;
        await store
            .Connection.GetDatabase()
            .HashSetAsync(
                CountingKeys.Ledger(_site.Id),
                [
                    .. Enumerable
                        .Range(1, Pages - 1)
                        .Select(i => new StackExchange.Redis.HashEntry($"p:/articles/{i}", mark)),
                ]
            );
        await process.Announcer.AnnounceAllAsync(process.Site.Site, Cancel);
        Assert.Equal(
            (Pages, Pages),
            (process.Events.Taken.Count, process.Events.Taken.Select(each => each.Path).Distinct().Count())
        );
    }

    private static TimeBuckets Now(CountingProcess process) =>
        process.Site.Calendar.Of(TimeProvider.System.GetUtcNow());

    private PageViewsCounted Event(string path, long views, LedgerVersion version) =>
        new()
        {
            Site = _site.Id,
            Path = path,
            Views = views,
            Epoch = version.Epoch,
            Commit = version.Commit,
        };
}
