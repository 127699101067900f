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
internal sealed class LedgerTotals(SiteList sites, StoreConnection store, ViewLedger ledger, TimeProvider time)
{
    private const string Sites = "sites",
        Listed = "listed",
        Day = "day",
        Week = "week";

    /// <summary>
    /// Connects to the store, so that what is read waits for nothing but its answers; the sites that there is something
    /// to read of: those of the list, and those that were in it and have a ledger.
    /// </summary>
    /// <param name="ids">Instead of the list.</param>
    public async Task<IReadOnlyList<string>> PrepareAsync(IReadOnlyList<string>? ids = null)
    {
        ids ??= [.. sites.All.Select(site => site.Id)];
        foreach (var site in ids)
        {
            await store.ProcessOfAsync(CountingKeys.Ledger(site));
        }
        return [.. ids.Union(await ledger.ReadSitesAsync(), StringComparer.Ordinal)];
    }

    /// <summary>The totals now. Reads past the writes that are held back.</summary>
    /// <param name="ids">What was prepared: nobody counts for a site that is not in the list, nor makes a
    /// ledger.</param>
    public async Task<JsonObject> ReadAsync(IReadOnlyList<string> ids)
    {
        var now = time.GetUtcNow();
        var totals = new JsonObject();
        foreach (var id in ids)
        {
            // What calendar a site had that is in the list no more does not matter for a comparison.
            var isListed = sites.TryGet(id, out var site);
            var calendar = isListed ? new SiteCalendar(site!) : new SiteCalendar(TimeZoneInfo.Utc, DayOfWeek.Monday);
            var buckets = calendar.Of(now);
            totals[id] = await ReadAsync(id, isListed, buckets.Day, buckets.Week);
        }

        return await WithLettersAsync(totals);
    }

    /// <summary>The same of the sites, days and weeks that earlier totals are of.</summary>
    public async Task<JsonObject> ReadAgainAsync(JsonObject earlier)
    {
        var totals = new JsonObject();
        foreach (var site in await PrepareAsync(SitesOf(earlier)))
        {
            var of = earlier[Sites]![site];
            totals[site] = await ReadAsync(
                site,
                of?[Listed]?.GetValue<bool>() ?? true,
                of?[Day]!.GetValue<long>() ?? 0,
                of?[Week]!.GetValue<long>() ?? 0
            );
        }

        return await WithLettersAsync(totals);
    }

    /// <summary>The ids of the sites that totals are of.</summary>
    public static IReadOnlyList<string> SitesOf(JsonObject totals) =>
        [.. totals[Sites]!.AsObject().Select(site => site.Key)];

    private async Task<JsonObject> WithLettersAsync(JsonObject bySite) =>
        new() { [Sites] = bySite, ["deadLetters"] = await store.Database.HashLengthAsync(CountingKeys.DeadLetters) };

    private async Task<JsonObject> ReadAsync(string site, bool isListed, long day, long week)
    {
        RedisValue[] fields =
        [
            .. CountingKeys
                .Totals.Concat(CountingKeys.TotalsOfDay(day))
                .Concat(CountingKeys.TotalsOfWeek(week))
                .Select(field => (RedisValue)field),
        ];
        var key = CountingKeys.Ledger(site);
        var values = await store.Database.HashGetAsync(key, fields, CommandFlags.DemandMaster);
        long Number(int field) => ViewLedger.Number(values[field]);
        long Sum(int first) => Number(first) + Number(first + 1) + Number(first + 2);
        const int Views = 2,
            OfDay = 9,
            OfWeek = 12;
        return new JsonObject
        {
            [Listed] = isListed,
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
            ["fields"] = await store.Database.HashLengthAsync(key),
            ["storeLoss"] = !values[7].IsNullOrEmpty,
            ["secretCheck"] = (string?)values[8] ?? "",
        };
    }
}
