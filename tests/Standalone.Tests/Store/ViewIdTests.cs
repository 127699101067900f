using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Store;
using PortalServices.Testing;
using PortalServices.Testing.Store;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// View ids in an embedded store whose memory is short: they make room by themselves, before a view of a known page is
/// refused.
/// </summary>
public sealed class ViewIdTests
{
    private const int Megabytes = 16,
        MaxIds = 1_000_000;
    private const ulong First = 1;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Rows]
    [LongRow(1, 0.92)]
    [UsualRow(5, 0.92)]
    [UsualRow(5, 0.72)]
    public async Task Ids_of_all_sites_keep_to_their_share_and_known_pages_are_counted(int sites, double filled)
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path, Megabytes);
        await using var counting = Counting(store, sites, TimeProvider.System);
        var all = Enumerable.Range(1, sites).Select(i => new SiteParts(counting.Services, $"site-{i}")).ToArray();
        foreach (var site in all)
        {
            Assert.Equal(ViewFate.Counted, (await ViewAsync(site, First)).Fate);
        }

        await FillAsync(counting, store, filled);
        var began = all.ToDictionary(site => site, site => site.Reader.Latest!.Site.IdHorizon);
        var counted = all.ToDictionary(site => site, _ => 1L);
        // Until what the first generation of each held is forgotten. No generation is shorter than a view may wait, so
        // nobody sends more than fits meanwhile.
        var fill = await LookAsync(counting);
        await Task.WhenAll(
                all.Select(async site =>
                {
                    while (site.Reader.Latest!.Site.IdHorizon == began[site])
                    {
                        var views = (await IdsAsync(store, site))[0] < fill.MaxIds(MaxIds, sites) ? 32 : 1;
                        var answers = await Task.WhenAll(
                            Enumerable
                                .Range(0, views)
                                .Select(_ => ViewAsync(site, views == 1 ? 0 : (ulong)Random.Shared.NextInt64()))
                        );
                        Assert.Equal([ViewFate.Counted], answers.Select(answer => answer.Fate).Distinct());
                        counted[site] += views;
                    }
                })
            )
            .WaitAsync(TimeSpan.FromMinutes(2), Cancel);

        foreach (var site in all)
        {
            Assert.Equal(ViewFate.Expired, (await ViewAsync(site, First, age: TimeSpan.FromMinutes(1))).Fate);
        }

        // What is more than that goes with the next views.
        await Eventually.HoldsAsync(
            async () =>
            {
                var most = (await LookAsync(counting)).MaxIds(MaxIds, sites);
                foreach (var site in all)
                {
                    Assert.Equal(ViewFate.Counted, (await ViewAsync(site, id: 0)).Fate);
                    counted[site]++;
                }

                return (await Task.WhenAll(all.Select(site => IdsAsync(store, site)))).All(ids =>
                    ids.Sum() <= 2 * most
                );
            },
            "no site has more ids than its share",
            Cancel
        );
        Assert.InRange((await LookAsync(counting)).Fraction, filled - 0.05, 0.98);
        foreach (var site in all)
        {
            var ledger = await Ledger.ReadAsync(store.Connection, site.Id);
            Assert.Equal(counted[site], ledger.Total);
            Assert.Empty(ledger.Contradictions());
        }
    }

    /// <summary>Nothing else goes from the store here, and nothing keeps house.</summary>
    [Fact]
    public async Task A_store_that_ids_have_filled_takes_views_again_by_itself()
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path, Megabytes);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var counting = Counting(store, sites: 2, time);
        var busy = new SiteParts(counting.Services, "site-1");
        var quiet = new SiteParts(counting.Services, "site-2");
        Assert.Equal(ViewFate.Counted, (await ViewAsync(quiet, First, time: time)).Fate);
        for (var i = 0; i < 80; i++)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, CommitBatch.MaxViews)
                    .Select(_ => ViewAsync(busy, (ulong)Random.Shared.NextInt64(), time: time))
            );
        }

        await FillAsync(counting, store, 0.982);
        Assert.Equal(ViewFate.StoreFull, (await ViewAsync(quiet, 2, time: time)).Fate);
        // As by the clock: the site that has the ids is viewed no more, and the other is refused.
        await Eventually.BecomesAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                busy.Committer.MakeRoom();
                await LookAsync(counting);
                return (await ViewAsync(quiet, 2, time: time)).Fate;
            },
            fate => fate == ViewFate.Counted,
            "a view of the other site",
            Cancel
        );
        Assert.Equal(ViewFate.Counted, (await ViewAsync(busy, id: 0)).Fate);
    }

    private static async Task<ViewAnswer> ViewAsync(
        SiteParts site,
        ulong id,
        TimeSpan age = default,
        TimeProvider? time = null
    )
    {
        await Eventually.HoldsAsync(() => site.Reader.OpenAsync().AsTask(), "the store is known", Cancel);
        return await site.Committer.CommitAsync(
            new AwaitedView
            {
                Path = "/a",
                Buckets = site.Reader.Now,
                Id = id,
                FirstSent = site.Clock.At((time ?? TimeProvider.System).GetTimestamp()) - (long)age.TotalMilliseconds,
                Deadline = long.MaxValue,
            }
        );
    }

    /// <summary>Has the store hold so much of what it may, and tells counting.</summary>
    private static async Task FillAsync(WebApplication counting, StoreRun store, double share)
    {
        const int Step = 16 * 1024;
        for (var i = 0; (await LookAsync(counting)).Fraction < share; i++)
        {
            await store.Connection.GetDatabase().HashSetAsync("filling", i, new byte[Step]);
        }
    }

    private static async Task<StoreFill> LookAsync(WebApplication counting)
    {
        var connection = counting.Services.GetRequiredService<StoreConnection>();
        var process = await connection.ProcessOfAsync(CountingKeys.Ledger("site-1"));
        process.Fill.Take(await connection.ReadMemoryAsync(process));
        return process.Fill;
    }

    /// <summary>
    /// Ids of the current generation and of the one before it; of each the ledger has number, began and count.
    /// </summary>
    private static async Task<long[]> IdsAsync(StoreRun store, SiteParts site)
    {
        var generations = (string?)
            await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(site.Id), CountingKeys.Generations);
        return
        [
            .. generations!
                .Split(' ')
                .Where((_, i) => i % 3 == 2)
                .Select(count => long.Parse(count, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Counting without its host: nothing of it runs by itself.</summary>
    private static WebApplication Counting(StoreRun store, int sites, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["ConnectionStrings:redis"] = store.ConnectionString;
        builder.Configuration["Counting:VisitorSecret"] = "a secret of the tests, 32 characters and more";
        // A generation lasts as long as a view may wait.
        builder.Configuration["Counting:AnswerWithin"] = "00:00:01";
        builder.Configuration["Counting:ViewIdsPerGeneration"] = MaxIds.ToString(CultureInfo.InvariantCulture);
        builder
            .Services.AddSingleton(time)
            .AddSingleton(
                new SiteList([
                    .. Enumerable
                        .Range(1, sites)
                        .Select(i => new Site { Id = string.Create(CultureInfo.InvariantCulture, $"site-{i}") }),
                ])
            )
            .AddSingleton<FatalStop>();
        return builder.AddCounting().AddMessaging(bus => bus.AddCountingConsumers()).Build();
    }

    /// <summary>What counting holds of a site.</summary>
    private sealed class SiteParts(IServiceProvider services, string id)
    {
        public string Id => id;

        public SiteReader Reader => services.GetRequiredService<PerSite<SiteReader>>().Of(id);

        public StoreClock Clock => services.GetRequiredService<PerSite<StoreClock>>().Of(id);

        public ViewCommitter Committer => services.GetRequiredService<PerSite<ViewCommitter>>().Of(id);
    }
}
