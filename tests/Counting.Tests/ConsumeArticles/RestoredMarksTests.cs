using CsCheck;
using PortalServices.Contracts;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.ConsumeArticles;

/// <summary>
/// Marks that content announces again and again: what a ledger has lost is put back, and what it knows costs next to
/// nothing.
/// </summary>
public sealed class RestoredMarksTests(StoreFixture store)
{
    private static readonly TimeBuckets Monday = new(
        Minute: 29_000_100,
        Hour: 29_000_060,
        Day: 29_000_000,
        Week: 29_000_000
    );
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Fact]
    public async Task What_is_in_the_ledger_costs_one_read_and_no_write_and_what_is_not_a_few_writes()
    {
        // As many pages as a message has: three of each article, and one more of every second.
        ArticleMark[] articles =
        [
            .. Enumerable
                .Range(0, PublicationsAnnounced.MaxArticles)
                .Select(n => new ArticleMark(
                    Guid.NewGuid(),
                    7,
                    n % 5 != 0,
                    [.. Enumerable.Range(0, 3 + (n % 2)).Select(page => $"/articles/{n}-{page}")]
                )),
        ];
        await using var redis = await RedisServer.StartAsync(fsync: "everysec");
        await using var process = new CountingProcess(redis, _site);
        await process.OnLedgerAsync((ledger, on) => ledger.ReadVersionsAsync(on, _site.Id, articles));

        var before = await redis.CommandStatsAsync();
        Assert.Equal((articles.Length, 0), await process.Get<KnownPages>().RestoreAsync(_site.Id, articles));
        var after = await redis.CommandStatsAsync();
        // 1,750 pages, at most 1,000 at once.
        Assert.Equal((3, 2), (Calls("evalsha"), Calls("hset")));

        before = after;
        for (var times = 0; times < 3; times++)
        {
            Assert.Equal((0, 0), await process.Get<KnownPages>().RestoreAsync(_site.Id, articles));
        }

        after = await redis.CommandStatsAsync();
        Assert.Equal((3, 3, 0), (Calls("evalsha"), Calls("hmget"), Calls("hset")));

        // One that is new among them is written alone.
        before = after;
        Assert.Equal(
            (1, 0),
            await process
                .Get<KnownPages>()
                .RestoreAsync(_site.Id, [.. articles[1..], articles[0] with { Version = 8, IsPublished = true }])
        );
        after = await redis.CommandStatsAsync();
        Assert.Equal((2, 1), (Calls("evalsha"), Calls("hset")));

        long Calls(string command) => after.GetValueOrDefault(command) - before.GetValueOrDefault(command);
    }

    [Fact]
    public async Task A_ledger_that_lost_everything_knows_again_what_is_published_and_what_was_withdrawn()
    {
        await using var process = new CountingProcess(store, _site, settings: ("Counting:PagesPerSite", "4"));
        var (published, withdrawn) = (Guid.NewGuid(), Guid.NewGuid());
        await process.CommitAsync(
            "lane",
            1,
            Monday,
            ("/a", 0, 0),
            ("/b", 0, 0),
            ("/c", 0, 0),
            ("/articles/withdrawn", 0, 0),
            ("/articles/new", 0, 0)
        );
        Assert.Equal(
            (2, 0),
            await process
                .Get<KnownPages>()
                .RestoreAsync(
                    _site.Id,
                    [
                        new ArticleMark(published, 5, true, ["/articles/new", "/articles/old"]),
                        new ArticleMark(withdrawn, 4, false, ["/articles/withdrawn", "/articles/never"]),
                    ]
                )
        );
        // What comes late from before.
        await process.Get<KnownPages>().PublishAsync(_site.Id, withdrawn, 3, ["/articles/withdrawn"]);
        await process.Get<KnownPages>().WithdrawAsync(_site.Id, published, 4, ["/articles/new", "/articles/old"]);

        await process.CommitAsync(
            "lane",
            2,
            Monday,
            ("/articles/new", 0, 0),
            ("/articles/old", 0, 0),
            ("/articles/never", 0, 0)
        );
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(
            (1, 1, 1),
            (ledger.Pages["/articles/new"], ledger.Pages["/articles/old"], ledger.Pages["/articles/withdrawn"])
        );
        Assert.Equal(2, ledger.Pages["*"]);
        Assert.Equal(
            (true, true, false),
            (
                await IsPublishedAsync("/articles/new"),
                await IsPublishedAsync("/articles/old"),
                await IsPublishedAsync("/articles/withdrawn")
            )
        );
        Assert.Empty(ledger.Contradictions());

        // What they show now is announced.
        await process.Announcer.AnnounceChangesAsync(TestContext.Current.CancellationToken);
        var shown = CapturedEvents.Reduce(process.Events.Taken);
        Assert.Equal((1, 1, 2), (shown["/articles/new"], shown["/articles/old"], shown.Count));
    }

    [Fact]
    public async Task Of_announcements_and_events_in_any_order_the_highest_version_of_each_article_is_true()
    {
        await using var process = new CountingProcess(store, _site);
        // Three articles that share a page.
        var marks = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 6]).Array[1, 5].Array[1, 6];
        await marks.SampleAsync(
            async batches =>
            {
                var run = Guid.NewGuid().ToString("N");
                Guid[] articles = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
                ArticleMark Mark((int Article, int Version) each) =>
                    new(
                        articles[each.Article],
                        each.Version,
                        (each.Version + each.Article) % 2 == 0,
                        [$"/{run}/{each.Article}", $"/{run}/shared"]
                    );
                foreach (var (batch, i) in batches.Select((batch, i) => (batch, i)))
                {
                    if (i % 2 == 0)
                    {
                        await process.Get<KnownPages>().RestoreAsync(_site.Id, [.. batch.Select(Mark)]);
                        continue;
                    }

                    foreach (var mark in batch.Select(Mark))
                    {
                        await (
                            mark.IsPublished
                                ? process
                                    .Get<KnownPages>()
                                    .PublishAsync(_site.Id, mark.Article, mark.Version, [.. mark.Paths])
                                : process
                                    .Get<KnownPages>()
                                    .WithdrawAsync(_site.Id, mark.Article, mark.Version, [.. mark.Paths])
                        );
                    }
                }

                var last = batches
                    .SelectMany(batch => batch)
                    .GroupBy(each => each.Item1)
                    .Select(each => each.MaxBy(mark => mark.Item2))
                    .ToList();
                foreach (var each in last)
                {
                    Assert.Equal(Mark(each).IsPublished, await IsPublishedAsync($"/{run}/{each.Item1}"));
                }

                Assert.Equal(last.Any(each => Mark(each).IsPublished), await IsPublishedAsync($"/{run}/shared"));
            },
            iter: 100,
            threads: 1
        );
    }

    [Fact]
    public async Task What_cannot_be_marked_is_left_out_and_the_others_are_marked()
    {
        await using var process = new CountingProcess(store, _site);
        ArticleMark good = new(Guid.NewGuid(), 1, true, ["/articles/good"]);
        Assert.Equal((0, 1), await process.Get<KnownPages>().RestoreAsync("nowhere", [good]));
        Assert.Equal(
            (1, 3),
            await process
                .Get<KnownPages>()
                .RestoreAsync(
                    _site.Id,
                    [
                        good with
                        {
                            Article = Guid.NewGuid(),
                            Version = 0,
                        },
                        good with
                        {
                            Article = Guid.NewGuid(),
                            Paths = ["/articles/bad/"],
                        },
                        good,
                        good with
                        {
                            Article = Guid.NewGuid(),
                            Paths = [],
                        },
                    ]
                )
        );
        Assert.True(await IsPublishedAsync("/articles/good"));
    }

    private async Task<bool> IsPublishedAsync(string path) =>
        PageRecord
            .Parse(
                (string?)await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(_site.Id), "p:" + path)
                    ?? ""
            )
            .IsPublished;
}
