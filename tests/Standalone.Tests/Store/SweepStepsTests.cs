using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Counting;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.Store;
using PortalServices.Testing;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// A scan of the embedded store counts living fields: each that is removed meanwhile hides another one.
/// </summary>
public sealed class SweepStepsTests
{
    private const string Site = "site";
    private const int Small = 4_000,
        Large = 4_000;

    [Fact]
    public async Task A_ranking_that_is_read_between_the_steps_of_a_sweep_misses_no_page()
    {
        using var folder = new TemporaryDirectory();
        await using var store = await StoreRun.StartAsync(folder.Path);
        await using var counting = Counting(store);
        var ranking = counting.Services.GetRequiredService<PerSite<PageRanking>>().Of(Site);
        var (key, database) = (CountingKeys.Ledger(Site), store.Connection.GetDatabase());
        // Small and large ones in turn.
        foreach (var some in Enumerable.Range(1, Large).Chunk(1_000))
        {
            await database.HashSetAsync(
                key,
                [
                    .. some.SelectMany(i =>
                        new HashEntry[]
                        {
                            new(Text($"p:/small/{i}"), "2 28000000 2 0 0 28000000 2 0 0"),
                            new(Text($"p:/large/{i}"), Text($"{1_000 + i} 28000000 1 0 0 28000000 1 0 0")),
                        }
                    ),
                ]
            );
        }

        await database.HashSetAsync(key, "pn", Small + Large);
        await counting.Services.GetRequiredService<StoreConnection>().ProcessOfAsync(key);
        var read = new TaskCompletionSource();
        var before = counting.Services.GetRequiredService<PerSite<ScanGate>>().Of(Site).RunAsync(() => read.Task);
        var house = counting
            .Services.GetRequiredService<PerSite<SiteHousekeeping>>()
            .Of(Site)
            .RunAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(
            async () => (int)await database.HashGetAsync(key, "pn"),
            pages => pages == Large,
            "all folded",
            TestContext.Current.CancellationToken
        );
        var top = ranking.TopAsync(RankPeriod.Total, PageRanking.MaxPages);
        read.SetResult();
        await before;
        Assert.Equal(Enumerable.Range(0, PageRanking.MaxPages).Select(i => Text($"/large/{Large - i}")), await top);
        Assert.True(await house);
        var ledger = await Ledger.ReadAsync(store.Connection, Site);
        Assert.Equal((Large + 1, 2 * Small), (ledger.Pages.Count, ledger.Pages["*"]));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Counting without its host: nothing of it runs by itself.</summary>
    private static WebApplication Counting(StoreRun store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["ConnectionStrings:redis"] = store.ConnectionString;
        builder.Configuration["Counting:VisitorSecret"] = "a secret of the tests, 32 characters and more";
        builder.Configuration["Counting:PagesPerSite"] = "8000";
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton(new SiteList([new Site { Id = Site }]))
            .AddSingleton<FatalStop>();
        return builder.AddCounting().AddMessaging(bus => bus.AddCountingConsumers()).Build();
    }
}
