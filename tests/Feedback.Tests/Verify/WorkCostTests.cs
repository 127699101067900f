using System.Globalization;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Verify;

/// <summary>What proof of work costs, as docs/feedback.md shows it.</summary>
public sealed class WorkCostTests
{
    /// <summary>What the product's script tries in a second, in a browser of a desktop.</summary>
    private const double HashesPerSecond = 1_000_000;

    private static readonly CaptchaOptions Shipped = new();

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(400)]
    public void The_document_shows_what_an_address_pays_that_goes_on_for_an_hour(int perMinute)
    {
        var cost = WorkCost.Of(Shipped, ofAddress: 60 * perMinute, ofSite: 0);
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"| {perMinute} | {60 * perMinute:N0} | {cost:N0} | {cost / 2 / HashesPerSecond:0.##} s | {perMinute / 60.0 * cost / 2 / HashesPerSecond:0.###} |"
        );
        Assert.Contains(
            row,
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "feedback.md")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void It_begins_at_the_threshold_rises_with_every_submission_and_ends_at_the_highest()
    {
        Assert.Equal(100_000, WorkCost.Of(Shipped, 0, 0));
        Assert.Equal(100_000, WorkCost.Of(Shipped, 20, 300));
        Assert.Equal(105_000, WorkCost.Of(Shipped, 21, 0));
        Assert.Equal(100_333, WorkCost.Of(Shipped, 0, 301));
        Assert.Equal(50_000_000, WorkCost.Of(Shipped, 10_000, 0));
        Assert.Equal(50_000_000, WorkCost.Of(Shipped, int.MaxValue, int.MaxValue));
        // Whoever floods a site makes its other visitors wait for seconds, not for minutes.
        Assert.Equal(5_000_000, WorkCost.Of(Shipped, 0, int.MaxValue));
    }

    [Fact]
    public void The_highest_cost_is_no_less_than_the_first()
    {
        Assert.Empty(Mistakes(new() { WorkCost = 5_000, MaxWorkCost = 5_000 }));
        Assert.Equal(["MaxWorkCost"], Mistakes(new() { WorkCost = 5_001, MaxWorkCost = 5_000 }));

        static IEnumerable<string> Mistakes(CaptchaOptions options) =>
            options.Validate(new(options)).SelectMany(mistake => mistake.MemberNames);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1_000_000)]
    public void More_than_are_counted_would_cost_no_more(int threshold)
    {
        var options = new CaptchaOptions { AddressSubmissionsPerHour = threshold, SiteSubmissionsPerHour = threshold };
        var counted = WorkCost.MaxCounted(options, threshold);
        Assert.Equal(options.MaxWorkCost, WorkCost.Of(options, counted, 0));
        Assert.Equal(WorkCost.Of(options, 0, int.MaxValue), WorkCost.Of(options, 0, counted));
    }
}
