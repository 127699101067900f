using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing.Store;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The ledger, read past the product: it has what was counted, in each bucket, and nothing else.</summary>
internal static class LedgerCheck
{
    private const string OtherPages = "*";

    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var (ledger, model) = (await Ledger.ReadAsync(run.Portal.Store, run.Site), run.Model);
        found.Compare("ledger's total", model.Stamps.LongCount(), ledger.Total);
        found.CompareTables("ledger's day", Named(model.CountedBy(at => model.Zone.StartOf(model.Zone.DateOf(at)))), ledger.Days);
        found.CompareTables("ledger's week", Named(model.CountedBy(at => model.Zone.StartOf(model.Zone.WeekOf(at)))), ledger.Weeks);
        found.CompareTables("ledger's hour", Named(model.CountedBy(model.Zone.HourOf)), ledger.Hours);
        found.CompareTables("ledger's minute", Named(model.CountedBy(SiteZone.MinuteOf)), ledger.Minutes);

        var pages = model.KnownPages.ToDictionary(path => path, path => model.CountedOf(path));
        pages[OtherPages] = model.Other();
        found.CompareTables("ledger's page", pages, ledger.Pages);
        found.Expect(ledger.Days.Values.Sum() == ledger.Total, $"The days add up to {ledger.Days.Values.Sum()}, the total is {ledger.Total}.");
        found.Expect(ledger.Pages.Values.Sum() == ledger.Total, $"The pages add up to {ledger.Pages.Values.Sum()}, the total is {ledger.Total}.");
    }

    /// <summary>The ledger names a bucket by the minutes since 1970.</summary>
    private static Dictionary<long, long> Named(IReadOnlyDictionary<DateTimeOffset, long> buckets) =>
        buckets.ToDictionary(bucket => bucket.Key.ToUnixTimeSeconds() / 60, bucket => bucket.Value);
}
