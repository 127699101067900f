using CsCheck;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.ConsumeArticles;

/// <summary>Which pages are published, told by events that come in any order, at any time and more than once.</summary>
public sealed class KnownPagesTests(StoreFixture store)
{
    private static readonly TimeBuckets Monday = new(
        Minute: 29_000_100,
        Hour: 29_000_060,
        Day: 29_000_000,
        Week: 29_000_000
    );
    private static readonly Guid Article = Guid.Parse("0198c0de-0000-7000-8000-000000000001");
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Articles that get new addresses, are published and withdrawn; every event tells all of an article's pages, as
    /// content does.
    /// </summary>
    private static readonly Gen<Event[]> Stories = Gen.Select(Gen.Bool.Array[1, 8], Gen.Bool.Array[1, 8])
        .SelectMany(both =>
        {
            Event[] events = [.. Story(0, both.Item1), .. Story(1, both.Item2)];
            return Gen.Shuffle((Event[])[.. events, .. events.Take(events.Length / 2)]);
        });

    [Fact]
    public async Task Of_events_in_any_order_the_highest_version_of_each_article_is_true()
    {
        await using var one = new CountingProcess(store, _site);
        await using var two = new CountingProcess(store, _site);
        await Stories.SampleAsync(
            async events =>
            {
                var run = Guid.NewGuid().ToString("N");
                var articles = new[] { Guid.NewGuid(), Guid.NewGuid() };
                // Two replicas take them, each in its own order and both at the same time.
                await Task.WhenAll(
                    TakeAsync(one, events.Where((_, i) => i % 2 == 0)),
                    TakeAsync(two, events.Where((_, i) => i % 2 == 1))
                );
                foreach (var story in events.GroupBy(each => each.Article))
                {
                    var last = story.MaxBy(each => each.Version)!;
                    foreach (var path in story.SelectMany(each => each.Paths).Distinct())
                    {
                        Assert.Equal((last.Published, path), (await IsPublishedAsync($"/{run}{path}"), path));
                    }
                }

                async Task TakeAsync(CountingProcess process, IEnumerable<Event> some)
                {
                    foreach (var each in some)
                    {
                        await TellAsync(
                            process,
                            each.Published,
                            articles[each.Article],
                            each.Version,
                            [.. each.Paths.Select(path => $"/{run}{path}")]
                        );
                    }
                }
            },
            iter: 100,
            threads: 1
        );
    }

    [Fact]
    public async Task A_published_version_that_comes_after_a_later_withdrawn_one_changes_nothing()
    {
        await using var process = new CountingProcess(store, _site);
        await TellAsync(process, true, Article, 2, "/articles/a");
        await TellAsync(process, false, Article, 4, "/articles/a");
        var before = await FieldsAsync();
        await TellAsync(process, true, Article, 3, "/articles/a");
        Assert.True(before.SetEquals(await FieldsAsync()));
        Assert.False(await IsPublishedAsync("/articles/a"));
    }

    [Fact]
    public async Task Pages_under_older_slugs_are_marked_and_unmarked_with_the_article()
    {
        await using var process = new CountingProcess(store, _site);
        await TellAsync(
            process,
            true,
            Article,
            1,
            "/articles/new",
            "/articles/old",
            "/articles/older",
            "/articles/old"
        );
        foreach (var path in (string[])["/articles/new", "/articles/old", "/articles/older"])
        {
            Assert.True(await IsPublishedAsync(path));
        }

        Assert.Equal(3, (int)await FieldAsync("pn"));
        await TellAsync(
            process,
            false,
            Article,
            2,
            "/articles/new",
            "/articles/old",
            "/articles/older",
            "/articles/never"
        );
        foreach (var path in (string[])["/articles/new", "/articles/old", "/articles/older", "/articles/never"])
        {
            Assert.False(await IsPublishedAsync(path));
        }

        Assert.True((await FieldAsync("p:/articles/never")).IsNull);
        Assert.Equal(3, (int)await FieldAsync("pn"));
    }

    [Fact]
    public async Task An_event_that_comes_again_writes_nothing()
    {
        await using var process = new CountingProcess(store, _site);
        foreach (var (published, version) in ((bool, long)[])[(true, 1), (false, 2)])
        {
            await TellAsync(process, published, Article, version, "/articles/a");
            var before = await FieldsAsync();
            await TellAsync(process, published, Article, version, "/articles/a");
            Assert.True(before.SetEquals(await FieldsAsync()));
        }
    }

    [Fact]
    public async Task All_marks_and_the_version_are_one_write_to_the_store()
    {
        await using var redis = await RedisServer.StartAsync(fsync: "everysec");
        await using var process = new CountingProcess(redis, _site);
        await TellAsync(process, true, Article, 1, "/articles/a");
        foreach (var published in (bool[])[true, false])
        {
            var before = await WritesAsync();
            await TellAsync(
                process,
                published,
                Article,
                published ? 2 : 3,
                "/articles/b",
                "/articles/a",
                "/articles/c"
            );
            Assert.Equal(before + 1, await WritesAsync());
        }

        async Task<long> WritesAsync()
        {
            var calls = await redis.CommandStatsAsync();
            return new[] { "hset", "hdel", "hincrby" }.Sum(write => calls.GetValueOrDefault(write));
        }
    }

    [Fact]
    public async Task A_page_that_another_article_has_taken_over_stays_published_when_the_first_is_withdrawn_late()
    {
        await using var process = new CountingProcess(store, _site);
        await TellAsync(process, true, Article, 1, "/articles/a");
        await TellAsync(process, true, Guid.NewGuid(), 1, "/articles/a");
        await TellAsync(process, false, Article, 2, "/articles/a");
        Assert.True(await IsPublishedAsync("/articles/a"));
    }

    [Fact]
    public async Task A_page_published_before_its_first_view_counts_on_its_own_beyond_the_cap()
    {
        await using var process = new CountingProcess(store, _site, settings: ("Counting:PagesPerSite", "1"));
        await process.CommitAsync("lane", 1, Monday, ("/a", 0, 0), ("/b", 0, 0));
        await TellAsync(process, true, Article, 1, "/articles/a");
        await process.CommitAsync("lane", 2, Monday, ("/articles/a", 0, 0), ("/articles/b", 0, 0));
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal((1, 2), (ledger.Pages["/articles/a"], ledger.Pages["*"]));
        // Views change no mark.
        Assert.True(await IsPublishedAsync("/articles/a"));
        Assert.Empty(ledger.Contradictions());
    }

    [Fact]
    public async Task Versions_are_told_apart_up_to_the_highest()
    {
        await using var process = new CountingProcess(store, _site);
        await TellAsync(process, true, Article, ViewLedger.MaxVersion - 1, "/articles/a");
        await TellAsync(process, false, Article, ViewLedger.MaxVersion, "/articles/a");
        Assert.False(await IsPublishedAsync("/articles/a"));
        Assert.Equal("9007199254740992", await FieldAsync($"v:{Article:N}"));
    }

    [Fact]
    public async Task As_many_pages_as_may_be_are_marked_at_once()
    {
        await using var process = new CountingProcess(store, _site);
        string[] paths = [.. Enumerable.Range(0, KnownPages.MaxPaths).Select(i => $"/articles/{i}")];
        await TellAsync(process, true, Article, 1, paths);
        Assert.Equal(paths.Length, (int)await FieldAsync("pn"));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            TellAsync(process, true, Article, 2, [.. paths, "/articles/more"])
        );
    }

    [Theory]
    [InlineData("nowhere", 1, "/articles/a")]
    [InlineData(null, 0, "/articles/a")]
    [InlineData(null, 9_007_199_254_740_993, "/articles/a")]
    [InlineData(null, 1, "articles/a")]
    [InlineData(null, 1, "/articles/a/")]
    [InlineData(null, 1, "/articles/a#b")]
    [InlineData(null, 1, "https://portal.example/articles/a")]
    [InlineData(null, 1, null)]
    public async Task What_is_no_site_version_or_page_is_refused_and_marks_nothing(
        string? site,
        long version,
        string? path
    )
    {
        await using var process = new CountingProcess(store, _site);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            process
                .Get<KnownPages>()
                .PublishAsync(site ?? _site.Id, Article, version, path is null ? [] : ["/articles/good", path])
        );
        Assert.Empty(await FieldsAsync());
    }

    private static IEnumerable<Event> Story(int article, bool[] published)
    {
        List<string> paths = [];
        for (var i = 0; i < published.Length; i++)
        {
            paths.Insert(0, $"/{article}/{i / 2}");
            yield return new Event(article, (i * 3) + 1, published[i], [.. paths]);
        }
    }

    private Task TellAsync(
        CountingProcess process,
        bool published,
        Guid article,
        long version,
        params string[] paths
    ) =>
        published
            ? process.Get<KnownPages>().PublishAsync(_site.Id, article, version, paths)
            : process.Get<KnownPages>().WithdrawAsync(_site.Id, article, version, paths);

    private async Task<HashSet<HashEntry>> FieldsAsync()
    {
        Cancel.ThrowIfCancellationRequested();
        return [.. await store.Connection.GetDatabase().HashGetAllAsync(CountingKeys.Ledger(_site.Id))];
    }

    private Task<RedisValue> FieldAsync(string field) =>
        store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(_site.Id), field);

    private async Task<bool> IsPublishedAsync(string path) =>
        PageRecord.Parse((string?)await FieldAsync("p:" + path) ?? "").IsPublished;

    private sealed record Event(int Article, long Version, bool Published, string[] Paths);
}
