using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using PortalServices.Acceptance.Tests.Reading;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Acceptance.Tests.BadInput;

/// <summary>One wrong request at a site, and the problem that it must be answered with.</summary>
public sealed record BadRequest(int Status, string Code, Func<Portal, string, CancellationToken, Task<Reply>> Send)
{
    /// <summary>What must be there before; null for nothing.</summary>
    public Func<Portal, string, IConnectionMultiplexer, CancellationToken, Task>? Prepare { get; init; }

    private const string Elsewhere = "https://elsewhere.example";

    /// <summary>All of them, by what is wrong.</summary>
    public static IReadOnlyDictionary<string, BadRequest> All { get; } =
        new Dictionary<string, BadRequest>
        {
            ["unknown site, view"] = new(
                404,
                "unknown_site",
                (portal, _, cancel) => portal.Public.ViewAsync("nobody", new("/a"), cancel)
            ),
            ["unknown site, stats"] = new(
                404,
                "unknown_site",
                (portal, _, cancel) => portal.Public.StatsAsync("nobody", cancel)
            ),
            ["unknown site, pages"] = new(
                404,
                "unknown_site",
                (portal, _, cancel) => portal.Public.PagesAsync("nobody", ["/a"], cancel)
            ),

            ["page missing"] = View(400, "invalid_page", new(null)),
            ["page missing, no body"] = View(400, "invalid_page", new(null) { Form = ViewForm.Query }),
            ["page empty"] = View(400, "invalid_page", new("")),
            ["page without slash"] = View(400, "invalid_page", new("news/1")),
            ["page too long"] = View(400, "invalid_page", new("/" + new string('a', 512))),
            ["page too long in bytes"] = View(400, "invalid_page", new("/" + new string('ư', 256))),
            ["page with a control character"] = View(400, "invalid_page", new("/a\u0001b")),
            ["page with a line feed"] = View(400, "invalid_page", new("/a\nb") { Form = ViewForm.Query }),
            ["page with escapes that are no UTF-8"] = View(400, "invalid_page", new("/%C3%28")),
            ["page with half a surrogate"] = Json(400, "invalid_json", """{"page":"/\ud800"}"""),
            ["query string that is no UTF-8"] = new(
                400,
                "invalid_page",
                (portal, site, cancel) =>
                    portal.Public.PostAsync($"/api/sites/{site}/views?page=/%FF", "", "text/plain", cancel)
            ),
            ["body that is no UTF-8"] = Bytes(400, "invalid_json", [.. "{\"page\":\"/"u8, 0xC3, 0x28, .. "\"}"u8]),
            ["page of a foreign origin"] = View(403, "foreign_origin", new($"{Elsewhere}/a")),
            ["page of a file"] = View(400, "invalid_page", new("file:///a")),

            ["body too large"] = Json(
                413,
                "body_too_large",
                $$"""{"page":"/a","referrer":"{{new string('a', 70_000)}}"}"""
            ),
            ["body too large, length unknown"] = new(
                413,
                "body_too_large",
                (portal, site, cancel) =>
                {
                    var message = Post(
                        portal,
                        site,
                        new StreamContent(
                            new MemoryStream(Encoding.UTF8.GetBytes("{\"page\":\"/a\"}" + new string(' ', 70_000)))
                        )
                    );
                    message.Headers.TransferEncodingChunked = true;
                    return portal.Public.SendAsync(message, cancel);
                }
            ),
            ["JSON cut short"] = Json(400, "invalid_json", """{"page":"/a" """),
            ["JSON that is no object"] = Json(400, "invalid_json", """["/a"]"""),
            ["page twice"] = Json(400, "invalid_json", """{"page":"/a","page":"/a"}"""),
            ["id twice, with others between"] = Json(
                400,
                "invalid_json",
                """{"view":"0190d5f2-5c1e-7a33","page":"/a","x":1,"view":null}"""
            ),
            ["unknown field twice"] = Json(400, "invalid_json", """{"page":"/a","x":1,"y":{"x":2},"x":1}"""),
            ["page that is a number"] = Json(400, "invalid_json", """{"page":1}"""),
            ["wrong content type"] = Text(415, "unsupported_media_type", "<page>/a</page>", "application/xml"),
            ["a form"] = Text(415, "unsupported_media_type", "page=/a", "application/x-www-form-urlencoded"),

            ["foreign Origin"] = View(403, "foreign_origin", With("/a", ("Origin", Elsewhere))),
            ["null Origin"] = View(403, "foreign_origin", With("/a", ("Origin", "null"))),
            ["foreign Origin, read"] = new(
                403,
                "foreign_origin",
                (portal, site, cancel) =>
                    portal.Public.GetAsync($"/api/sites/{site}/stats", cancel, ("Origin", Elsewhere))
            ),
            ["forwarding headers that make an Origin look own"] = View(
                403,
                "foreign_origin",
                With(
                    "/a",
                    ("Origin", Elsewhere),
                    ("X-Forwarded-Host", "elsewhere.example"),
                    ("X-Forwarded-Proto", "https")
                )
            ),

            ["view id too short"] = View(400, "invalid_view_id", new("/a") { View = new string('a', 15) }),
            ["view id too long"] = View(400, "invalid_view_id", new("/a") { View = new string('a', 65) }),
            ["view id with other characters"] = View(400, "invalid_view_id", new("/a") { View = "aaaaaaaaaaaaaaaa!" }),
            ["view id empty"] = View(400, "invalid_view_id", new("/a") { View = "" }),
            ["age negative"] = View(400, "invalid_age", new("/a") { Age = "-1" }),
            ["age not a number"] = View(400, "invalid_age", new("/a") { Age = "soon" }),
            ["age not a number, in the query"] = View(
                400,
                "invalid_age",
                new("/a") { Age = "soon", Form = ViewForm.Query }
            ),
            ["age past the window"] = View(410, "view_expired", new("/a") { View = ViewCall.NewId(), Age = "3600000" }),
            ["referrer too long"] = View(
                400,
                "invalid_referrer",
                new("/a") { Referrer = "https://a.example/" + new string('a', 2_048) }
            ),

            ["21 paths"] = new(
                400,
                "too_many_paths",
                (portal, site, cancel) => portal.Public.PagesAsync(site, PagesTests.Paths(21), cancel)
            ),
            ["101 paths"] = new(
                400,
                "too_many_paths",
                (portal, site, cancel) => portal.Public.QueryPagesAsync(site, PagesTests.Paths(101), cancel)
            ),
            ["path without slash"] = new(
                400,
                "invalid_page",
                (portal, site, cancel) => portal.Public.PagesAsync(site, ["/a", "b"], cancel)
            ),

            ["top, limit 0"] = Read(400, "invalid_limit", "pages/top?limit=0"),
            ["top, limit 1001"] = Read(400, "invalid_limit", "pages/top?limit=1001"),
            ["top, limit not a number"] = Read(400, "invalid_limit", "pages/top?limit=ten"),
            ["top, unknown period"] = Read(400, "invalid_period", "pages/top?period=month"),
            ["traffic, from after to"] = Read(
                400,
                "invalid_span",
                "traffic?step=day&from=2026-11-25T00:00:01Z&to=2026-11-25T00:00:00Z"
            ),
            ["traffic, 2001 items"] = Read(
                400,
                "too_many_items",
                "traffic?step=day&from=2020-01-01T00:00:00Z&to=2025-06-24T00:00:00Z"
            ),
            ["traffic, unknown step"] = Read(
                400,
                "invalid_step",
                "traffic?step=week&from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z"
            ),
            ["traffic, no step"] = Read(
                400,
                "invalid_step",
                "traffic?from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z"
            ),
            ["traffic, instant without zone"] = Read(
                400,
                "invalid_instant",
                "traffic?step=day&from=2026-11-25T00:00:00&to=2026-11-26T00:00:00Z"
            ),
            ["traffic, no instant"] = Read(400, "invalid_instant", "traffic?step=day&from=2026-11-25T00:00:00Z"),
            ["traffic, no date"] = Read(
                400,
                "invalid_instant",
                "traffic?step=day&from=2026-02-30T00:00:00Z&to=2026-11-26T00:00:00Z"
            ),
            ["traffic, before time"] = Read(
                400,
                "invalid_instant",
                "traffic?step=day&from=0001-01-01T00:00:00Z&to=2026-11-26T00:00:00Z"
            ),
            ["traffic, minutes of last week"] = Read(
                400,
                "span_not_kept",
                $"traffic?step=minute&from={Portal.Now.AddDays(-7):yyyy-MM-dd}T00:00:00Z&to=2100-01-01T00:00:00Z"
            ),
            ["traffic, hours of long ago"] = Read(
                400,
                "span_not_kept",
                $"traffic?step=hour&from={Portal.Now.AddDays(-402):yyyy-MM-dd}T00:00:00Z&to=2100-01-01T00:00:00Z"
            ),
            ["unknown site, top"] = new(
                404,
                "unknown_site",
                (portal, _, cancel) => portal.Public.GetAsync("/api/sites/nobody/pages/top", cancel)
            ),
            ["unknown site, traffic"] = new(
                404,
                "unknown_site",
                (portal, _, cancel) => portal.Public.GetAsync("/api/sites/nobody/traffic", cancel)
            ),

            ["correction on an unknown page"] = Correction(404, "unknown_page", page: "/never"),
            ["correction for tomorrow"] = Correction(400, "invalid_day", days: 1),
            ["correction 36 days back"] = Correction(400, "invalid_day", days: -36),
            ["correction for a day that is none"] = Correction(400, "invalid_day", day: "2026-02-30"),
            ["correction of zero"] = Correction(400, "invalid_change", change: 0),
            ["correction beyond measure"] = Correction(400, "invalid_change", change: 1_000_000_001),
            ["correction of half a view"] = Correction(400, "invalid_json", change: 0.5),
            ["correction below zero, of a day"] = Correction(409, "negative_count", days: -1, change: -1),
            ["correction below zero, of the page"] = Correction(409, "negative_count", change: -4),
            ["correction without a reason"] = Correction(400, "invalid_reason", reason: null),
            ["correction with a blank reason"] = Correction(400, "invalid_reason", reason: " "),
            ["correction with a reason too long"] = Correction(400, "invalid_reason", reason: new string('a', 501)),
            ["correction of no page"] = Correction(400, "invalid_page", page: "news"),
            ["correction with a misspelt field"] = Written(
                400,
                "invalid_json",
                "corrections",
                new
                {
                    page = "/a",
                    day = Today(0),
                    chnge = 1,
                    reason = "why",
                }
            ),
            ["correction as text"] = WithView(
                new(
                    415,
                    "unsupported_media_type",
                    (portal, site, cancel) =>
                        portal.Shape.OperatorsDoor.PostAsync(
                            Corrections(site),
                            "{}",
                            "text/plain",
                            cancel,
                            Bearer(portal.Admin.Value)
                        )
                )
            ),
            ["correction with a key too short"] = WithView(
                new(
                    400,
                    "invalid_idempotency_key",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(
                            site,
                            "corrections",
                            Fields("/a", Today(0), 1, "why"),
                            cancel,
                            ("Idempotency-Key", "short")
                        )
                )
            ),
            ["correction under a key that was used"] = WithView(
                new(
                    422,
                    "idempotency_key_reused",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(
                            site,
                            "corrections",
                            Fields("/a", Today(0), 2, "why"),
                            cancel,
                            ("Idempotency-Key", UsedKey)
                        )
                ),
                CorrectAsync
            ),
            ["correction undone twice"] = WithView(
                new(
                    409,
                    "already_undone",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(site, $"corrections/{UsedKey}/undo", null, cancel)
                ),
                CorrectAsync,
                UndoAsync
            ),
            ["correction undone that would leave less than nothing"] = WithView(
                new(
                    409,
                    "negative_count",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(site, $"corrections/{UsedKey}/undo", null, cancel)
                ),
                CorrectAsync,
                (portal, site, cancel) =>
                    portal.WriteAsOperatorAsync(site, "corrections", Fields("/a", Today(0), -4, "why"), cancel)
            ),
            ["correction of yesterday that takes views of today"] = WithView(
                new(
                    409,
                    "negative_count",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(site, "corrections", Fields("/a", Today(-1), -1, "why"), cancel)
                ),
                (portal, site, cancel) => portal.Public.ViewAsync(site, new ViewCall("/b"), cancel),
                (portal, site, cancel) =>
                    portal.WriteAsOperatorAsync(site, "corrections", Fields("/b", Today(-1), 5, "why"), cancel)
            ),
            ["correction under a key that was undone"] = WithView(
                new(409, "already_undone", (portal, site, cancel) => CorrectAsync(portal, site, cancel)),
                CorrectAsync,
                UndoAsync
            ),
            ["baseline under an id that was undone"] = WithView(
                new(
                    409,
                    "already_undone",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(
                            site,
                            "baselines",
                            new
                            {
                                id = "old",
                                total = 5,
                                reason = "why",
                            },
                            cancel
                        )
                ),
                (portal, site, cancel) =>
                    portal.WriteAsOperatorAsync(
                        site,
                        "baselines",
                        new
                        {
                            id = "old",
                            total = 5,
                            reason = "why",
                        },
                        cancel
                    ),
                (portal, site, cancel) => portal.WriteAsOperatorAsync(site, "baselines/old/undo", null, cancel)
            ),
            ["baseline under a used id, of another day"] = WithView(
                new(
                    409,
                    "baseline_exists",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(
                            site,
                            "baselines",
                            new
                            {
                                id = "old",
                                total = 5,
                                at = Portal.Midnight(-3),
                                reason = "why",
                            },
                            cancel
                        )
                ),
                (portal, site, cancel) =>
                    portal.WriteAsOperatorAsync(
                        site,
                        "baselines",
                        new
                        {
                            id = "old",
                            total = 5,
                            reason = "why",
                        },
                        cancel
                    )
            ),
            ["undo of nothing"] = Written(404, "unknown_correction", "corrections/never-applied-1234/undo", null),
            ["undo of no baseline"] = Written(404, "unknown_baseline", "baselines/never/undo", null),
            ["10,001st audit entry, correction"] = Correction(409, "audit_full") with { Prepare = FillAuditAsync },
            ["10,001st audit entry, baseline"] = Written(
                409,
                "audit_full",
                "baselines",
                new
                {
                    id = "old",
                    total = 5,
                    reason = "why",
                }
            ) with
            {
                Prepare = FillAuditAsync,
            },
            ["10,001st audit entry, undo"] = new(
                409,
                "audit_full",
                (portal, site, cancel) => portal.WriteAsOperatorAsync(site, $"corrections/{UsedKey}/undo", null, cancel)
            )
            {
                Prepare = async (portal, site, store, cancel) =>
                {
                    await portal.Public.ViewAsync(site, new ViewCall("/a"), cancel);
                    await CorrectAsync(portal, site, cancel);
                    await FillAuditAsync(portal, site, store, cancel);
                },
            },
            ["baseline under a used id"] = WithView(
                new(
                    409,
                    "baseline_exists",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(
                            site,
                            "baselines",
                            new
                            {
                                id = "old",
                                total = 6,
                                reason = "why",
                            },
                            cancel
                        )
                ),
                (portal, site, cancel) =>
                    portal.WriteAsOperatorAsync(
                        site,
                        "baselines",
                        new
                        {
                            id = "old",
                            total = 5,
                            reason = "why",
                        },
                        cancel
                    )
            ),
            ["baseline that contradicts itself"] = Written(
                400,
                "invalid_baseline",
                "baselines",
                new
                {
                    id = "old",
                    total = 5,
                    today = 2,
                    week = 1,
                    reason = "why",
                }
            ),
            ["baseline without a total"] = Written(
                400,
                "invalid_baseline",
                "baselines",
                new { id = "old", reason = "why" }
            ),
            ["baseline without an id"] = Written(
                400,
                "invalid_baseline",
                "baselines",
                new { total = 5, reason = "why" }
            ),
            ["baseline without a reason"] = Written(400, "invalid_reason", "baselines", new { id = "old", total = 5 }),
            ["baseline of the future"] = Written(
                400,
                "invalid_instant",
                "baselines",
                new
                {
                    id = "old",
                    total = 5,
                    at = "2100-01-01T00:00:00Z",
                    reason = "why",
                }
            ),
            ["baselines that are too large together"] = WithView(
                new(
                    409,
                    "count_too_large",
                    (portal, site, cancel) =>
                        portal.WriteAsOperatorAsync(
                            site,
                            "baselines",
                            new
                            {
                                id = "two",
                                total = 10_000_000_000_000,
                                reason = "why",
                            },
                            cancel
                        )
                )
            ),
            ["audit, page 0"] = ReadAsOperator(400, "invalid_limit", "audit?page=0"),
            ["audit, 101 a page"] = ReadAsOperator(400, "invalid_limit", "audit?pageSize=101"),
            ["bots, from after to"] = ReadAsOperator(400, "invalid_span", "bots?from=2026-11-25&to=2026-11-24"),
            ["bots, before time"] = ReadAsOperator(400, "invalid_day", "bots?to=1970-01-02"),
            ["bots, no date"] = ReadAsOperator(400, "invalid_day", "bots?from=yesterday"),
            ["bots, 1001 days"] = ReadAsOperator(400, "too_many_items", "bots?from=2023-01-01&to=2025-09-28"),

            ["operator route at the public door"] = new(
                404,
                "not_found",
                (portal, site, cancel) =>
                    portal.Public.PostAsync(
                        Corrections(site),
                        "{}",
                        "application/json",
                        cancel,
                        Bearer(portal.Admin.Value)
                    )
            ),
            ["operator route without a key"] = Operator(401, "operator_key_required"),
            ["operator route with a wrong key"] = Operator(
                401,
                "operator_key_invalid",
                _ => "ps_" + new string('A', 43)
            ),
            ["operator route with a key that may only read"] = Operator(
                403,
                "operator_scope_missing",
                portal => portal.Reader.Value,
                "site-000"
            ),
            ["operator route with a key for another site"] = new(
                403,
                "operator_site_missing",
                (portal, site, cancel) =>
                    portal.Shape.OperatorsDoor.GetAsync(
                        $"/api/operator/sites/{site}/audit",
                        cancel,
                        Bearer(portal.Reader.Value)
                    )
            ),
        };

    private const string UsedKey = "used-1234567890-key";

    private static string Today(int days) =>
        Portal.Today.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static BadRequest Read(int status, string code, string path) =>
        new(status, code, (portal, site, cancel) => portal.Public.GetAsync($"/api/sites/{site}/{path}", cancel));

    private static BadRequest ReadAsOperator(int status, string code, string path) =>
        new(status, code, (portal, site, cancel) => portal.ReadAsOperatorAsync(site, path, cancel));

    private static BadRequest Written(int status, string code, string path, object? body) =>
        WithView(new(status, code, (portal, site, cancel) => portal.WriteAsOperatorAsync(site, path, body, cancel)));

    private static object Fields(string page, string day, double change, string? reason) =>
        new
        {
            page,
            day,
            change,
            reason,
        };

    private static BadRequest Correction(
        int status,
        string code,
        string page = "/a",
        int days = 0,
        string? day = null,
        double change = 1,
        string? reason = "why"
    ) => Written(status, code, "corrections", Fields(page, day ?? Today(days), change, reason));

    /// <summary>On a site with a view of <c>/a</c>, after these steps.</summary>
    private static BadRequest WithView(
        BadRequest bad,
        params Func<Portal, string, CancellationToken, Task<Reply>>[] steps
    ) =>
        bad with
        {
            Prepare = async (portal, site, _, cancel) =>
            {
                Assert.True((await portal.Public.ViewAsync(site, new ViewCall("/a"), cancel)).Counted);
                foreach (var step in steps)
                {
                    Assert.InRange((int)(await step(portal, site, cancel)).Status, 200, 201);
                }
            },
        };

    private static Task<Reply> CorrectAsync(Portal portal, string site, CancellationToken cancel) =>
        portal.WriteAsOperatorAsync(
            site,
            "corrections",
            Fields("/a", Today(0), 3, "why"),
            cancel,
            ("Idempotency-Key", UsedKey)
        );

    private static Task<Reply> UndoAsync(Portal portal, string site, CancellationToken cancel) =>
        portal.WriteAsOperatorAsync(site, $"corrections/{UsedKey}/undo", null, cancel);

    private static async Task FillAuditAsync(
        Portal portal,
        string site,
        IConnectionMultiplexer store,
        CancellationToken cancel
    )
    {
        await portal.Public.ViewAsync(site, new ViewCall("/a"), cancel);
        await Ledger.FillAuditAsync(store, site);
    }

    private static BadRequest View(int status, string code, ViewCall call) =>
        new(status, code, (portal, site, cancel) => portal.Public.ViewAsync(site, call, cancel));

    private static BadRequest Json(int status, string code, string body) =>
        Text(status, code, body, "application/json");

    private static BadRequest Text(int status, string code, string body, string mediaType) =>
        new(
            status,
            code,
            (portal, site, cancel) => portal.Public.PostAsync($"/api/sites/{site}/views", body, mediaType, cancel)
        );

    private static BadRequest Bytes(int status, string code, byte[] body) =>
        new(
            status,
            code,
            (portal, site, cancel) => portal.Public.SendAsync(Post(portal, site, new ByteArrayContent(body)), cancel)
        );

    private static BadRequest Operator(int status, string code, Func<Portal, string>? key = null, string? at = null) =>
        new(
            status,
            code,
            (portal, site, cancel) =>
                portal.Shape.OperatorsDoor.PostAsync(
                    Corrections(at ?? site),
                    "{}",
                    "application/json",
                    cancel,
                    key is null ? [] : [Bearer(key(portal))]
                )
        );

    private static ViewCall With(string page, params (string Name, string Value)[] headers) =>
        new(page) { Headers = headers.ToDictionary(header => header.Name, header => header.Value) };

    private static HttpRequestMessage Post(Portal portal, string site, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var message = portal.Public.Message(HttpMethod.Post, $"/api/sites/{site}/views", ViewCall.Browser, null);
        message.Content = content;
        return message;
    }

    private static string Corrections(string site) => $"/api/operator/sites/{site}/corrections";

    private static (string Name, string Value) Bearer(string key) => ("Authorization", $"Bearer {key}");
}
