using System.Text.Json.Nodes;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.SumUp;

/// <summary>
/// What a backup notes of the store, so that whoever puts it back can tell that all of it is there: for each site which
/// commit, and the sums of its numbers.
/// </summary>
internal sealed class LedgerTotals(SiteList sites, StoreConnection store, TimeProvider time)
{
    private const string Sites = "sites",
        Day = "day",
        Week = "week";

    /// <summary>
    /// Connects to the store, so that what is read waits for nothing but its answers.
    /// </summary>
    public async Task PrepareAsync(IEnumerable<string>? ids = null)
    {
        foreach (var site in ids ?? sites.All.Select(site => site.Id))
        {
            await store.ProcessOfAsync(CountingKeys.Ledger(site));
        }
    }

    /// <summary>The totals now. Reads past the writes that are held back.</summary>
    public async Task<JsonObject> ReadAsync()
    {
        var now = time.GetUtcNow();
        var totals = new JsonObject();
        foreach (var site in sites.All)
        {
            var buckets = new SiteCalendar(site).Of(now);
            totals[site.Id] = await ReadAsync(site.Id, buckets.Day, buckets.Week);
        }

        return await WithLettersAsync(totals);
    }

    /// <summary>The same of the sites, days and weeks that earlier totals are of.</summary>
    public async Task<JsonObject> ReadAgainAsync(JsonObject earlier)
    {
        await PrepareAsync(SitesOf(earlier));
        var totals = new JsonObject();
        foreach (var site in SitesOf(earlier))
        {
            var of = earlier[Sites]![site]!;
            totals[site] = await ReadAsync(site, of[Day]!.GetValue<long>(), of[Week]!.GetValue<long>());
        }

        return await WithLettersAsync(totals);
    }

    /// <summary>The ids of the sites that totals are of.</summary>
    public static IReadOnlyList<string> SitesOf(JsonObject totals) =>
        [.. totals[Sites]!.AsObject().Select(site => site.Key)];

    private async Task<JsonObject> WithLettersAsync(JsonObject bySite) =>
        new() { [Sites] = bySite, ["deadLetters"] = await store.Database.HashLengthAsync(CountingKeys.DeadLetters) };

    private async Task<JsonObject> ReadAsync(string site, long day, long week)
    {
        RedisValue[] fields =
        [
            .. CountingKeys
                .Totals.Concat(CountingKeys.TotalsOfDay(day))
                .Concat(CountingKeys.TotalsOfWeek(week))
                .Select(field => (RedisValue)field),
        ];
        var ledger = CountingKeys.Ledger(site);
        var values = await store.Database.HashGetAsync(ledger, fields, CommandFlags.DemandMaster);
        long Number(int field) => ViewLedger.Number(values[field]);
        long Sum(int first) => Number(first) + Number(first + 1) + Number(first + 2);
        const int Views = 2,
            OfDay = 9,
            OfWeek = 12;
        return new JsonObject
        {
            ["commit"] = Number(0),
            ["epoch"] = Number(1),
            ["counted"] = Number(Views),
            ["baselines"] = Number(Views + 1),
            ["corrections"] = Number(Views + 2),
            ["shown"] = Sum(Views),
            [Day] = day,
            ["shownOfDay"] = Sum(OfDay),
            [Week] = week,
            ["shownOfWeek"] = Sum(OfWeek),
            ["pages"] = Number(5),
            ["audited"] = Number(6),
            ["fields"] = await store.Database.HashLengthAsync(ledger),
            ["storeLoss"] = !values[7].IsNullOrEmpty,
            ["secretCheck"] = (string?)values[8] ?? "",
        };
    }
}
