using CsCheck;
using PortalServices.Counting.Baselines;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;

namespace PortalServices.Counting.Tests.Baselines;

/// <summary>Baselines, views and the passing of days in random order, against a model of a few lines.</summary>
public sealed class BaselineModelTests(StoreFixture store)
{
    private static readonly string?[] Pages = [null, "/a", "/b"];

    private static readonly Gen<Step> Steps = Gen.Select(
            Gen.Int[0, 9],
            Gen.Int[0, 2],
            Gen.Int[0, 5],
            Gen.Long[0, 1_000],
            Gen.Long[0, 1_000],
            Gen.Long[0, 1_000]
        )
        .Select((kind, page, id, a, b, c) => new Step(kind, Pages[page], $"baseline-{id}", a, a + b, a + b + c));

    [Fact]
    public async Task Shown_numbers_are_counted_views_plus_each_baseline_once() =>
        await Steps.Array[1, 25].SampleAsync(RunAsync, iter: 60);

    [Theory]
    [InlineData("", 1, 0, 0)]
    [InlineData("with space", 1, 0, 0)]
    [InlineData("negative", -1, 0, 0)]
    [InlineData("week-above-total", 5, 6, 0)]
    [InlineData("day-above-week", 9, 5, 6)]
    [InlineData("too-large", 10_000_000_000_001, 0, 0)]
    public void A_baseline_that_contradicts_itself_is_refused(string id, long total, long week, long today) =>
        Assert.NotNull(new Baseline(id, null, total, week, today, "why").Fault());

    private async Task RunAsync(Step[] steps)
    {
        var site = new Site { Id = StoreFixture.NewSite() };
        await using var process = new CountingProcess(store, site);
        var model = new Model();
        var day = 29_000_000L;
        var sequence = 0L;
        foreach (var step in steps)
        {
            var now = new TimeBuckets(day + 600, day + 600, day, model.Week(day));
            switch (step.Kind)
            {
                case 0:
                    day += 1_440;
                    break;
                case < 6:
                    await process.CommitAsync("lane", ++sequence, now, (step.Page ?? "/a", 0, 0));
                    model.View(step.Page ?? "/a", day);
                    break;
                default:
                    var baseline = new Baseline(step.Id, step.Page, step.Total, step.Week, step.Today, "why");
                    var entry = baseline.Audit("test", DateTimeOffset.UnixEpoch, now);
                    await process
                        .Get<StoreConnection>()
                        .WithProcessAsync(
                            CountingKeys.Ledger(site.Id),
                            known =>
                                process
                                    .Get<ViewLedger>()
                                    .AdjustAsync(
                                        known,
                                        site.Id,
                                        entry.ToAdjustment(now),
                                        undo: false,
                                        now,
                                        entry.ToJson()
                                    )
                        );
                    model.Apply(step.Id, step.Page, day, new ViewTotals(step.Today, step.Week, step.Total));
                    break;
            }

            var read = await process
                .Get<StoreConnection>()
                .WithProcessAsync(
                    CountingKeys.Ledger(site.Id),
                    known => process.Get<ViewLedger>().ReadAsync(known, site.Id, day, model.Week(day), ["/a", "/b"])
                );
            Assert.Equal(model.Shown(null, day), read.Site.Shown);
            Assert.Equal(model.Shown("/a", day), read.Pages[0].Value.Shown(day, model.Week(day)));
            Assert.Equal(model.Shown("/b", day), read.Pages[1].Value.Shown(day, model.Week(day)));
        }

        Assert.Empty((await store.LedgerAsync(site.Id)).Contradictions());
    }

    private sealed record Step(int Kind, string? Page, string Id, long Today, long Week, long Total);

    private sealed class Model
    {
        private readonly List<(string? Page, long Day, long Week, ViewTotals Views)> _entries = [];
        private readonly HashSet<string> _applied = [];

        public long Week(long day) => day - (((day - 29_000_000) / 1_440 % 7) * 1_440);

        public void View(string page, long day)
        {
            _entries.Add((page, day, Week(day), new ViewTotals(1, 1, 1)));
            _entries.Add((null, day, Week(day), new ViewTotals(1, 1, 1)));
        }

        public void Apply(string id, string? page, long day, ViewTotals views)
        {
            if (_applied.Add(id))
            {
                _entries.Add((page, day, Week(day), views));
            }
        }

        public ViewTotals Shown(string? page, long day)
        {
            var entries = _entries.Where(entry => entry.Page == page).ToList();
            return new ViewTotals(
                entries.Where(entry => entry.Day == day).Sum(entry => entry.Views.Today),
                entries.Where(entry => entry.Week == Week(day)).Sum(entry => entry.Views.Week),
                entries.Sum(entry => entry.Views.Total)
            );
        }
    }
}
