using System.Net.Http.Headers;
using System.Text;
using PortalServices.Acceptance.Tests.Reading;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.BadInput;

/// <summary>One wrong request at a site, and the problem that it must be answered with.</summary>
public sealed record BadRequest(int Status, string Code, Func<Portal, string, CancellationToken, Task<Reply>> Send)
{
    private const string Elsewhere = "https://elsewhere.example";

    /// <summary>All of them, by what is wrong.</summary>
    public static IReadOnlyDictionary<string, BadRequest> All { get; } = new Dictionary<string, BadRequest>
    {
        ["unknown site, view"] = new(404, "unknown_site", (portal, _, cancel) => portal.Public.ViewAsync("nobody", new("/a"), cancel)),
        ["unknown site, stats"] = new(404, "unknown_site", (portal, _, cancel) => portal.Public.StatsAsync("nobody", cancel)),
        ["unknown site, pages"] = new(404, "unknown_site", (portal, _, cancel) => portal.Public.PagesAsync("nobody", ["/a"], cancel)),

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
        ["query string that is no UTF-8"] = new(400, "invalid_page", (portal, site, cancel) =>
            portal.Public.PostAsync($"/api/sites/{site}/views?page=/%FF", "", "text/plain", cancel)),
        ["body that is no UTF-8"] = Bytes(400, "invalid_json", [.. "{\"page\":\"/"u8, 0xC3, 0x28, .. "\"}"u8]),
        ["page of a foreign origin"] = View(403, "foreign_origin", new($"{Elsewhere}/a")),
        ["page of a file"] = View(400, "invalid_page", new("file:///a")),

        ["body too large"] = Json(413, "body_too_large", $$"""{"page":"/a","referrer":"{{new string('a', 70_000)}}"}"""),
        ["body too large, length unknown"] = new(413, "body_too_large", (portal, site, cancel) =>
        {
            var message = Post(portal, site, new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("{\"page\":\"/a\"}" + new string(' ', 70_000)))));
            message.Headers.TransferEncodingChunked = true;
            return portal.Public.SendAsync(message, cancel);
        }),
        ["JSON cut short"] = Json(400, "invalid_json", """{"page":"/a" """),
        ["JSON that is no object"] = Json(400, "invalid_json", """["/a"]"""),
        ["page that is a number"] = Json(400, "invalid_json", """{"page":1}"""),
        ["wrong content type"] = Text(415, "unsupported_media_type", "<page>/a</page>", "application/xml"),
        ["a form"] = Text(415, "unsupported_media_type", "page=/a", "application/x-www-form-urlencoded"),

        ["foreign Origin"] = View(403, "foreign_origin", With("/a", ("Origin", Elsewhere))),
        ["null Origin"] = View(403, "foreign_origin", With("/a", ("Origin", "null"))),
        ["foreign Origin, read"] = new(403, "foreign_origin", (portal, site, cancel) =>
            portal.Public.GetAsync($"/api/sites/{site}/stats", cancel, ("Origin", Elsewhere))),
        ["forwarding headers that make an Origin look own"] = View(403, "foreign_origin", With(
            "/a", ("Origin", Elsewhere), ("X-Forwarded-Host", "elsewhere.example"), ("X-Forwarded-Proto", "https"))),

        ["view id too short"] = View(400, "invalid_view_id", new("/a") { View = new string('a', 15) }),
        ["view id too long"] = View(400, "invalid_view_id", new("/a") { View = new string('a', 65) }),
        ["view id with other characters"] = View(400, "invalid_view_id", new("/a") { View = "aaaaaaaaaaaaaaaa!" }),
        ["view id empty"] = View(400, "invalid_view_id", new("/a") { View = "" }),
        ["age negative"] = View(400, "invalid_age", new("/a") { Age = "-1" }),
        ["age not a number"] = View(400, "invalid_age", new("/a") { Age = "soon" }),
        ["age not a number, in the query"] = View(400, "invalid_age", new("/a") { Age = "soon", Form = ViewForm.Query }),
        ["age past the window"] = View(410, "view_expired", new("/a") { View = ViewCall.NewId(), Age = "3600000" }),
        ["referrer too long"] = View(400, "invalid_referrer", new("/a") { Referrer = "https://a.example/" + new string('a', 2_048) }),

        ["21 paths"] = new(400, "too_many_paths", (portal, site, cancel) => portal.Public.PagesAsync(site, PagesTests.Paths(21), cancel)),
        ["101 paths"] = new(400, "too_many_paths", (portal, site, cancel) => portal.Public.QueryPagesAsync(site, PagesTests.Paths(101), cancel)),
        ["path without slash"] = new(400, "invalid_page", (portal, site, cancel) => portal.Public.PagesAsync(site, ["/a", "b"], cancel)),

        ["operator route at the public door"] = new(404, "not_found", (portal, site, cancel) =>
            portal.Public.PostAsync(Corrections(site), "{}", "application/json", cancel, Bearer(portal.Admin.Value))),
        ["operator route without a key"] = Operator(401, "operator_key_required"),
        ["operator route with a wrong key"] = Operator(401, "operator_key_invalid", _ => "ps_" + new string('A', 43)),
        ["operator route with a key that may only read"] = Operator(403, "operator_scope_missing", portal => portal.Reader.Value, "site-000"),
        ["operator route with a key for another site"] = new(403, "operator_site_missing", (portal, site, cancel) =>
            portal.Shape.OperatorsDoor.GetAsync($"/api/operator/sites/{site}/audit", cancel, Bearer(portal.Reader.Value))),
    };

    private static BadRequest View(int status, string code, ViewCall call) =>
        new(status, code, (portal, site, cancel) => portal.Public.ViewAsync(site, call, cancel));

    private static BadRequest Json(int status, string code, string body) => Text(status, code, body, "application/json");

    private static BadRequest Text(int status, string code, string body, string mediaType) =>
        new(status, code, (portal, site, cancel) => portal.Public.PostAsync($"/api/sites/{site}/views", body, mediaType, cancel));

    private static BadRequest Bytes(int status, string code, byte[] body) =>
        new(status, code, (portal, site, cancel) => portal.Public.SendAsync(Post(portal, site, new ByteArrayContent(body)), cancel));

    private static BadRequest Operator(int status, string code, Func<Portal, string>? key = null, string? at = null) =>
        new(status, code, (portal, site, cancel) => portal.Shape.OperatorsDoor.PostAsync(
            Corrections(at ?? site), "{}", "application/json", cancel, key is null ? [] : [Bearer(key(portal))]));

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
