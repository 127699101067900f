using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The ledger, read past the product: it has what was counted, in each bucket, and nothing else.</summary>
internal static class LedgerCheck
{
    private const string OtherPages = "*";

    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var (ledger, model) = (await run.Portal.ReadLedgerAsync(run.Site, run.Cancel), run.Model);
        found.Compare("ledger's total", model.Stamps.LongCount(), ledger.Total);
        found.CompareTables(
            "ledger's day",
            Named(model.CountedBy(at => model.Zone.StartOf(model.Zone.DateOf(at)))),
            ledger.Days
        );
        found.CompareTables(
            "ledger's week",
            Named(model.CountedBy(at => model.Zone.StartOf(model.Zone.WeekOf(at)))),
            ledger.Weeks
        );
        CompareKept("ledger's hour", model.CountedBy(model.Zone.HourOf), ledger.Hours, model.HoursKeptSince, found);
        CompareKept(
            "ledger's minute",
            model.CountedBy(SiteZone.MinuteOf),
            ledger.Minutes,
            model.MinutesKeptSince,
            found
        );

        var pages = model.KnownPages.ToDictionary(path => path, path => model.CountedOf(path));
        pages[OtherPages] = model.CountedOf(null);
        found.CompareTables("ledger's page", pages, ledger.Pages);
        found.Expect(
            ledger.Days.Values.Sum() == ledger.Total,
            $"The days add up to {ledger.Days.Values.Sum()}, the total is {ledger.Total}."
        );
        found.Expect(
            ledger.Pages.Values.Sum() == ledger.Total,
            $"The pages add up to {ledger.Pages.Values.Sum()}, the total is {ledger.Total}."
        );
    }

    /// <summary>What is older may be there or not: it goes with the next housekeeping.</summary>
    private static void CompareKept(
        string what,
        Dictionary<DateTimeOffset, long> expected,
        IReadOnlyDictionary<long, long> actual,
        DateTimeOffset since,
        Differences found
    ) =>
        found.CompareTables(
            what,
            Named(expected.Where(bucket => bucket.Key >= since).ToDictionary()),
            actual.Where(bucket => bucket.Key * 60 >= since.ToUnixTimeSeconds()).ToDictionary()
        );

    /// <summary>The ledger names a bucket by the minutes since 1970.</summary>
    private static Dictionary<long, long> Named(IReadOnlyDictionary<DateTimeOffset, long> buckets) =>
        buckets.ToDictionary(bucket => bucket.Key.ToUnixTimeSeconds() / 60, bucket => bucket.Value);
}
