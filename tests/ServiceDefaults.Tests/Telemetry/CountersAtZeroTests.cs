using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.ServiceDefaults.Telemetry;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Telemetry;

/// <summary>A counter is there before its first event, with every value of its labels.</summary>
public sealed class CountersAtZeroTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_counter_begins_at_zero_with_every_value_of_its_labels()
    {
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddMetersOf(typeof(Doors)),
            _ => { }
        );
        var page = await MetricsOfAsync(app);
        Assert.Contains("tests_opened_total{door=\"front\"} 0", page, StringComparison.Ordinal);
        Assert.Contains("tests_opened_total{door=\"back\"} 0", page, StringComparison.Ordinal);

        var late = app.Services.GetRequiredService<IMeterFactory>().Create("PortalServices.Tests.Late");
        late.CreateCounter<long>("tests.late");
        // The page is kept for some milliseconds.
        await Eventually.HoldsAsync(
            async () => (await MetricsOfAsync(app)).Contains("tests_late_total{} 0", StringComparison.Ordinal),
            "the counter that was made later",
            Cancel,
            TimeSpan.FromSeconds(10)
        );
    }

    [Fact]
    public void A_label_is_only_beside_what_it_belongs_to()
    {
        var outcome = new MetricLabel("outcome", "good", "bad");
        var code = new MetricLabel("code", "1", "2").OnlyBeside(outcome.With("bad"));
        Assert.Equal(
            ["outcome=bad code=1", "outcome=bad code=2", "outcome=good"],
            CountersAtZero
                .SeriesOf([outcome, code])
                .Select(series => string.Join(' ', series.Select(label => $"{label.Key}={label.Value}")))
        );
    }

    private static async Task<string> MetricsOfAsync(TestApp app)
    {
        using var page = await app.GetAsync(Door.Probe, "/metrics");
        return await page.Content.ReadAsStringAsync(Cancel);
    }

    private static class Doors
    {
        private static readonly Meter Meter = new("PortalServices.Tests.Doors");

        // Made by the class' first use, which the start is.
        private static readonly Counter<long> Opened = Meter.CreateCounter<long>(
            Meter.Named("tests.opened", new MetricLabel("door", "front", "back"))
        );
    }
}
