using System.Globalization;
using System.Net;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Store;

namespace PortalServices.Acceptance.Tests.Operators;

[AlsoOnCluster]
public sealed class CorrectionTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_correction_changes_page_day_and_total_at_once_and_its_undo_puts_all_back(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        for (var i = 0; i < 3; i++)
        {
            await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        }

        var correction = await portal.WriteAsOperatorAsync(site, "corrections", Correction("/a", 0, 5), Cancel);
        Assert.Equal(HttpStatusCode.Created, correction.Status);
        await ShowsAsync(portal, site, 8, 8);
        await DayShowsAsync(portal, site, 3, 5);
        Assert.Empty((await LedgerAsync(portal, site)).Contradictions());

        var undo = await portal.WriteAsOperatorAsync(
            site,
            $"corrections/{correction.Json.GetProperty("id").GetString()}/undo",
            null,
            Cancel
        );
        Assert.Equal(HttpStatusCode.OK, undo.Status);
        await ShowsAsync(portal, site, 3, 3);
        await DayShowsAsync(portal, site, 3, 0);
    }

    [Theory, EveryShape]
    public async Task A_correction_of_a_past_day_is_in_the_total_and_not_in_today(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        await portal.WriteAsOperatorAsync(site, "corrections", Correction("/a", -35, 7), Cancel);
        await Eventually.BecomesAsync(
            () => portal.Public.StatsAsync(site, Cancel, "/a"),
            reply => reply.Stats.Views == new Periods(1, 1, 8) && reply.Stats.Page!.Views == new Periods(1, 1, 8),
            "a correction of the total",
            Cancel
        );
        // What was corrected upwards can be corrected downwards again, and no further.
        Assert.Equal(
            HttpStatusCode.Created,
            (await portal.WriteAsOperatorAsync(site, "corrections", Correction("/a", -35, -7), Cancel)).Status
        );
        Assert.Equal(
            "negative_count",
            (await portal.WriteAsOperatorAsync(site, "corrections", Correction("/a", -35, -1), Cancel)).Code
        );
    }

    [Theory, EveryShape]
    public async Task A_correction_that_is_sent_again_under_its_key_is_applied_once(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    portal.WriteAsOperatorAsync(
                        site,
                        "corrections",
                        Correction("/a", 0, 5),
                        Cancel,
                        ("Idempotency-Key", "the-same-key-again")
                    )
                )
        );
        Assert.All(
            replies,
            reply =>
                Assert.Equal(
                    (HttpStatusCode.Created, "the-same-key-again"),
                    (reply.Status, reply.Json.GetProperty("id").GetString())
                )
        );
        await ShowsAsync(portal, site, 6, 6);
        Assert.Equal(1, (await portal.ReadAsOperatorAsync(site, "audit", Cancel)).Json.GetProperty("total").GetInt32());
    }

    [Theory, EveryShape]
    public async Task The_audit_tells_who_when_why_before_and_after_the_newest_first(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        var before = Portal.Now;
        await portal.WriteAsOperatorAsync(
            site,
            "corrections",
            Correction("/a", 0, 5),
            Cancel,
            ("Idempotency-Key", "a-correction-of-five")
        );
        await portal.WriteAsOperatorAsync(
            site,
            "baselines",
            new
            {
                id = "old",
                page = "/b",
                total = 100,
                week = 10,
                today = 2,
                reason = "chuyển từ hệ thống cũ",
            },
            Cancel
        );
        await portal.WriteAsOperatorAsync(
            site,
            "corrections/a-correction-of-five/undo",
            new { reason = "nhầm trang" },
            Cancel
        );

        var audit = await portal.ReadAsOperatorAsync(site, "audit", Cancel);
        var items = audit.Json.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["undo", "baseline", "correction"], items.Select(item => item.GetProperty("kind").GetString()));
        Assert.Equal([3, 2, 1], items.Select(item => item.GetProperty("number").GetInt32()));
        Assert.Equal(
            ["nhầm trang", "chuyển từ hệ thống cũ", "vì sao"],
            items.Select(item => item.GetProperty("reason").GetString())
        );
        Assert.Equal([false, false, true], items.Select(item => item.GetProperty("undone").GetBoolean()));
        Assert.All(items, item => Assert.Equal("admin", item.GetProperty("who").GetString()));
        Assert.All(
            items,
            item =>
                Assert.InRange(item.GetProperty("at").GetDateTime(), before.AddMinutes(-1), Portal.Now.AddMinutes(1))
        );
        Assert.Equal("""{"day":1,"total":1,"page":1}{"day":6,"total":6,"page":6}""", Around(items[2]));
        Assert.Equal("""{"page":0}{"page":100}""", Around(items[1]));
        Assert.Equal("""{"day":6,"total":6,"page":6}{"day":1,"total":1,"page":1}""", Around(items[0]));
        Assert.Contains("chuyển từ hệ thống cũ", audit.Body, StringComparison.Ordinal);

        var second = (await portal.ReadAsOperatorAsync(site, "audit?page=2&pageSize=2", Cancel)).Json;
        Assert.Equal(
            "correction",
            Assert.Single(second.GetProperty("items").EnumerateArray()).GetProperty("kind").GetString()
        );
        Assert.Equal(3, second.GetProperty("total").GetInt32());

        static string Around(JsonElement item) =>
            item.GetProperty("before").GetRawText() + item.GetProperty("after").GetRawText();
    }

    internal static object Correction(string page, int days, long change) =>
        new
        {
            page,
            day = Portal.Today.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            change,
            reason = "vì sao",
        };

    private static Task<Reply> ShowsAsync(Portal portal, string site, long views, long ofPage) =>
        Eventually.BecomesAsync(
            () => portal.Public.StatsAsync(site, Cancel, "/a"),
            reply =>
                reply.Stats.Views == new Periods(views, views, views)
                && reply.Stats.Page!.Views == new Periods(ofPage, ofPage, ofPage),
            "the numbers behind a correction",
            Cancel
        );

    private static Task<Reply> DayShowsAsync(Portal portal, string site, long views, long corrections) =>
        Eventually.BecomesAsync(
            () =>
                portal.Public.GetAsync(
                    $"/api/sites/{site}/traffic?step=day&from={Portal.Midnight(-2)}&to={Portal.Midnight(1)}",
                    Cancel
                ),
            reply =>
                reply.Json.GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("views").GetInt64())
                    == views
                && reply
                    .Json.GetProperty("items")
                    .EnumerateArray()
                    .Sum(item => item.GetProperty("corrections").GetInt64()) == corrections,
            "the day behind a correction",
            Cancel
        );

    private static async Task<Ledger> LedgerAsync(Portal portal, string site)
    {
        await using var store = await portal.Shape.ConnectToStoreAsync();
        return await Ledger.ReadAsync(store, site);
    }
}
