using System.Text;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.BadInput;

/// <summary>A request as no browser sends it, and the status that it must be answered with in every shape.</summary>
/// <param name="Name">What is odd.</param>
/// <param name="Status">0 when there is nobody to answer, or nothing that could be answered.</param>
/// <param name="Parts">Its bytes.</param>
/// <param name="Code">The code of the problem; null when the server refuses it before it is a request.</param>
internal sealed record OddRequest(string Name, int Status, byte[][] Parts, string? Code = null)
{
    private const string Agent = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    private const string Body = """{"page":"/a"}""",
        Pages = """{"paths":["/a"]}""";

    public Leaving Leaving { get; init; } = Leaving.WhenAnswered;

    /// <summary>
    /// All of them, at a site. Those whose client leaves come first: what they leave behind has been logged when the
    /// others are done.
    /// </summary>
    public static IReadOnlyList<OddRequest> At(string site)
    {
        var (views, query, feedback, stats) = (
            $"/api/sites/{site}/views",
            $"/api/sites/{site}/pages/query",
            $"/api/sites/{site}/feedback",
            $"/api/sites/{site}/stats"
        );
        // What is refused before its body is looked at.
        const string nobodys = "/api/sites/nobody/views";
        string[] posts = [views, query, feedback, "/api/captchas", "/nothing", nobodys];
        string[] gets =
        [
            stats,
            $"/api/sites/{site}/articles",
            $"/api/sites/{site}/feed.atom",
            $"{feedback}/0000-0000-0000",
            "/api/captchas/x/image.png",
        ];
        return
        [
            .. from leaving in (Leaving[])[Leaving.ByClosing, Leaving.ByReset, Leaving.AfterTheLastByte]
            from path in posts
            from odd in BrokenOff(path)
            select odd with
            {
                Leaving = leaving,
                Name = $"{odd.Name}, {leaving}",
            },
            .. from leaving in (Leaving[])[Leaving.ByClosing, Leaving.ByReset]
            from path in posts
            select new OddRequest($"gone, {path}, {leaving}", 0, [Post(path, Body)]) { Leaving = leaving },
            .. from leaving in (Leaving[])[Leaving.ByClosing, Leaving.ByReset]
            from path in gets
            select new OddRequest($"gone, {path}, {leaving}", 0, [Get(path)]) { Leaving = leaving },
            .. from path in posts
            where path != nobodys
            select new OddRequest(
                $"body that does not come, {path}",
                408,
                [Head("POST", path, "Content-Length: 100")],
                "request_timeout"
            ),
            .. from path in posts
            from chunk in Chunks
            where path != nobodys
            select new OddRequest(
                $"chunk {chunk}, {path}",
                400,
                [Head("POST", path, "Transfer-Encoding: chunked", more: $"{chunk}\r\n{Body[..5]}\r\n0\r\n\r\n")],
                "invalid_request"
            ),
            .. from path in (string[])[views, query] from odd in Framing(path) select odd,
            .. Hosts(views, stats),
            .. Targets(site),
            .. from path in (string[])[views, stats, $"{feedback}/0000-0000-0000", "/nothing"]
            from odd in Methods(path)
            select odd,
            .. Versions(views, stats),
            .. from odd in Headers
            select new OddRequest($"{odd.Header}, view", odd.Status, [Post(views, Body, odd.Header)], odd.Code),
            .. from odd in Headers
            select new OddRequest($"{odd.Header}, pages", odd.Status, [Post(query, Pages, odd.Header)], odd.Code),
            .. from odd in Headers
            select new OddRequest($"{odd.Header}, stats", odd.Status, [Get(stats, odd.Header)], odd.Code),
            .. Upgrades(views, stats),
            new(
                "90 headers of one name, view",
                200,
                [Post(views, Body, string.Join("\r\n", Enumerable.Repeat("X: a", 90)))]
            ),
            .. NoRequests,
        ];
    }

    private static IEnumerable<OddRequest> BrokenOff(string path) =>
        [
            new($"half a body, {path}", 0, [Head("POST", path, "Content-Length: 100", more: "{\"pa")]),
            new(
                $"half a body in two parts, {path}",
                0,
                [Head("POST", path, "Content-Length: 100", more: "{\"pa"), "ge"u8.ToArray()]
            ),
            new(
                $"half a chunk, {path}",
                0,
                [Head("POST", path, "Transfer-Encoding: chunked", more: "d\r\n{\"pa"), "ge"u8.ToArray()]
            ),
            new(
                $"half the size of a chunk, {path}",
                0,
                [Head("POST", path, "Transfer-Encoding: chunked", more: "d"), "d"u8.ToArray()]
            ),
            new($"half a head, {path}", 0, [Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nX")]),
        ];

    private static readonly string[] Chunks =
    [
        "FFFFFFFFFFFFFFFF",
        "7FFFFFFFFFFFFFFF",
        "80000000",
        "1000000000000000000000",
        "-1",
        "g",
        "",
        "0x5",
        " 5",
    ];

    private static IEnumerable<OddRequest> Framing(string path)
    {
        const string Chunked = "d\r\n" + Body + "\r\n0\r\n\r\n";
        foreach (var encoding in (string[])["gzip", "identity", "chunked;q=1", "chunked, gzip", "xchunked"])
        {
            yield return new(
                $"Transfer-Encoding: {encoding}, {path}",
                400,
                [Head("POST", path, $"Transfer-Encoding: {encoding}", more: Chunked)]
            );
        }
        foreach (var length in (string[])["-1", "x", "9999999999999999999999", "13, 13", "0x0d", "1 3", ""])
        {
            yield return new(
                $"Content-Length: {length}, {path}",
                400,
                [Head("POST", path, $"Content-Length: {length}", more: Body)]
            );
        }
        yield return new(
            $"Content-Length beyond measure, {path}",
            413,
            [Head("POST", path, "Content-Length: 9223372036854775807", more: Body)],
            "body_too_large"
        );
        yield return new(
            $"two lengths, {path}",
            400,
            [Head("POST", path, "Content-Length: 13", "Content-Length: 12", more: Body)]
        );
        yield return new(
            $"length and chunks, {path}",
            path.EndsWith("views", StringComparison.Ordinal) ? 200 : 400,
            [Head("POST", path, "Content-Length: 13", "Transfer-Encoding: chunked", more: Chunked)],
            path.EndsWith("views", StringComparison.Ordinal) ? null : "too_many_paths"
        );
        yield return new(
            $"chunk without an end, {path}",
            400,
            [Head("POST", path, "Transfer-Encoding: chunked", more: $"d\r\n{Body}XX0\r\n\r\n")],
            "invalid_request"
        );
        yield return new(
            $"no length, {path}",
            400,
            [Head("POST", path)],
            path.EndsWith("views", StringComparison.Ordinal) ? "invalid_page" : "invalid_json"
        );
    }

    private static IEnumerable<OddRequest> Hosts(string views, string stats)
    {
        foreach (
            var host in (string[])
                ["xn--x", "XN--X", "xn--x:80", "xn--", "a.xn--0.example", "xn--" + new string('9', 50)]
        )
        {
            yield return new($"Host: {host}, view", 400, [Post(views, Body, host: host)], "invalid_request");
            yield return new($"Host: {host}, stats", 400, [Get(stats, host: host)], "invalid_request");
            yield return new($"Host: {host}, nothing", 400, [Get("/nothing", host: host)], "invalid_request");
        }

        foreach (
            var host in (string[])
                [
                    "..",
                    "a..b",
                    ".",
                    "a_b",
                    "-a-",
                    new string('a', 64) + ".example",
                    "[::1]",
                    "1.2.3.4.5",
                    "a:99999",
                    "",
                    "XN--CNG-QMZ.example:80",
                ]
        )
        {
            yield return new($"Host: {host}, view", 200, [Post(views, Body, host: host)]);
            yield return new($"Host: {host}, stats", 200, [Get(stats, host: host)]);
            yield return new($"Host: {host}, sitemap", 200, [Get("/api/sites/no-origins/sitemap.xml", host: host)]);
        }

        foreach (
            var host in (string[])
                ["a b", "a/b", "a@b", "a,b", "[::1", "[zz]", ":80", "a:b", "a\u007f", "c\u1ed5ng.example"]
        )
        {
            yield return new($"Host: {host}", 400, [Get(stats, host: host)]);
        }
        yield return new("two hosts", 400, [Get(stats, "Host: other")]);
        yield return new("no host", 400, [Get(stats, host: null)]);
    }

    private static IEnumerable<OddRequest> Targets(string site)
    {
        foreach (
            var target in (string[])
                [
                    "",
                    "http://",
                    "http:///x",
                    "ftp://a/b",
                    "http://evil.example/api",
                    "http://xn--x/api",
                    "/api\\\u00e9",
                    "/a\0b",
                    "/a b",
                    "/a%00b",
                    "/api/sites/x?x=\u00e9",
                ]
        )
        {
            yield return new(
                $"target '{target}'",
                400,
                [Bytes($"GET {target} HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n\r\n")]
            );
        }

        foreach (
            var (target, status, code) in ((string, int, string?)[])
                [
                    ("*", 405, null),
                    ("api", 405, null),
                    ("portal.example:80", 405, null),
                    ("http://user:pw@portal.example/api", 404, "not_found"),
                    ("//", 404, "not_found"),
                    ("//x/y", 404, "not_found"),
                    ("/\\", 404, "not_found"),
                    ("/%2e%2e/%2e%2e/x", 404, "not_found"),
                    ($"/api/../api/sites/{site}/stats", 200, null),
                    ($"http://portal.example/api/sites/{site}/stats", 200, null),
                    ($"/api/sites/{site}/stats#part", 404, "not_found"),
                    ($"/api/sites/{site}/stats?page=%", 400, "invalid_page"),
                    ($"/api/sites/{site}/stats?page=%zz", 400, "invalid_page"),
                    ($"/api/sites/{site}/stats?page=%FF", 400, "invalid_page"),
                    ($"/api/sites/{site}/stats?page=%00", 400, "invalid_page"),
                    ($"/api/sites/{site}/stats?page=/%ED%A0%80", 400, "invalid_page"),
                    ($"/api/sites/{site}/stats?page=http://xn--x/a", 403, "foreign_origin"),
                    ($"/api/sites/{site}/stats?page=http://portal.example:99999/x", 400, "invalid_page"),
                    ($"/api/sites/{site}/stats?{string.Concat(Enumerable.Repeat("a&", 3_000))}", 200, null),
                    ("/api/sites/%FF/stats", 404, "unknown_site"),
                    ("/api/sites/%/stats", 404, "unknown_site"),
                    ("/api/sites/%zz/stats", 404, "unknown_site"),
                    ("/api/sites/%ED%A0%80/stats", 404, "unknown_site"),
                    ($"/api/sites/{site}%2Fstats", 404, "unknown_site"),
                    ($"/api/sites/{site}/articles/%2F", 404, "unknown_article"),
                    ($"/api/sites/{site}/articles/%FF", 404, "unknown_article"),
                    ($"/api/sites/{site}/articles/%C0%AF", 404, "unknown_article"),
                    ($"/api/sites/{site}/lookups/%FF?q=%FF", 404, "unknown_lookup"),
                    ($"/api/sites/{site}/articles?q=%FF%00", 200, null),
                    ("/api/captchas/%FF/image.png", 404, "unknown_captcha"),
                    ($"/api/sites/{site}/feedback/%FF", 404, "unknown_receipt"),
                    ($"/api/sites/{site}/feedback/%E2%80%AE", 404, "unknown_receipt"),
                ]
        )
        {
            yield return new($"target '{target}'", status, [Get(target)], code);
        }
    }

    private static IEnumerable<OddRequest> Methods(string path)
    {
        foreach (var method in (string[])["G(T", "G\0T", "\u00e9", "", "X{Y"])
        {
            yield return new(
                $"method '{method}', {path}",
                400,
                [Bytes($"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
            );
        }
        // Of methods that some address has, the address is asked; others are refused before.
        var (status, code) = path is "/nothing" ? (404, "not_found") : (405, "method_not_allowed");
        foreach (var method in (string[])["DELETE", "PUT", "PATCH"])
        {
            yield return new($"method '{method}', {path}", status, [Head(method, path)], code);
        }
        foreach (var method in (string[])["FOO", "TRACE", "TRACK", "PROPFIND", "QUERY", "G'T", new string('X', 5_000)])
        {
            yield return new(
                $"method '{method[..Math.Min(20, method.Length)]}', {path}",
                405,
                [Head(method, path)],
                "method_not_allowed"
            );
        }
    }

    private static IEnumerable<OddRequest> Versions(string views, string stats)
    {
        foreach (var version in (string[])["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "http/1.1"])
        {
            yield return new(version, 505, [Bytes($"GET {stats} {version}\r\nHost: a\r\n\r\n")]);
        }
        foreach (var version in (string[])["", "HTTP/1.1x", "HTTP"])
        {
            yield return new($"version '{version}'", 400, [Bytes($"GET {stats} {version}\r\nHost: a\r\n\r\n")]);
        }
        yield return new("HTTP/1.0", 200, [Bytes($"GET {stats} HTTP/1.0\r\n\r\n")]);
        yield return new(
            "HTTP/1.0, view",
            200,
            [
                Bytes(
                    $"POST {views} HTTP/1.0\r\n{Agent}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"
                ),
            ]
        );
        const string Page = """{"page":"http://a.example/abc"}""";
        yield return new(
            "HTTP/1.0, full address of a page, no host",
            403,
            [
                Bytes(
                    $"POST {views} HTTP/1.0\r\n{Agent}\r\nContent-Type: application/json\r\nContent-Length: {Page.Length}\r\n\r\n{Page}"
                ),
            ],
            "foreign_origin"
        );
    }

    private static readonly (string Header, int Status, string? Code)[] Headers =
    [
        ("Expect: 100-continue", 200, null),
        ("Expect: 200-ok", 200, null),
        ("TE: trailers", 200, null),
        ("Upgrade: h2c", 200, null),
        ("Upgrade: websocket", 200, null),
        ("X-A: a\r\n folded", 400, null),
        ("X-A : a", 400, null),
        ("X", 400, null),
        (": a", 400, null),
        ("\tX: a", 400, null),
        ("X: \0", 400, null),
        ("X-\u00e9: a", 400, null),
        ("X:", 200, null),
        ("X: \u0001", 200, null),
        ("X(: a", 200, null),
        ("Range: bytes=x", 200, null),
        ("If-None-Match: \"", 200, null),
        ("If-Modified-Since: x", 200, null),
        ("Accept: x/", 200, null),
        ("Accept-Language: ;;;,,", 200, null),
        ("Accept-Encoding: ,,;q=x", 200, null),
        ("traceparent: x", 200, null),
        ("traceparent: 00-00000000000000000000000000000000-0000000000000000-00", 200, null),
        ("baggage: \u0007", 200, null),
        ("X-Forwarded-For: x", 200, null),
        ("X-Forwarded-Host: xn--x", 200, null),
        ("X-Forwarded-Proto: x", 200, null),
        ("Date: x", 200, null),
        ("Sec-GPC: 111", 200, null),
        ("Trailer: x", 200, null),
        ("Keep-Alive: x", 200, null),
        ("HTTP2-Settings: x", 200, null),
        (":method: GET", 400, null),
        ("Origin: http://xn--x", 403, "foreign_origin"),
        ("Origin: https://" + new string('a', 70), 403, "foreign_origin"),
        ("Origin: \u0001", 403, "foreign_origin"),
        ("Origin:", 403, "foreign_origin"),
        ("Origin: http://a..b", 403, "foreign_origin"),
    ];

    private static IEnumerable<OddRequest> Upgrades(string views, string stats)
    {
        const string WebSocket = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
        foreach (
            var upgrade in (string[])
                ["Upgrade: SPDY/3.1", "X: y", WebSocket + "x", WebSocket + "dGhlIHNhbXBsZSBub25jZQ=="]
        )
        {
            // The connection cannot be told to close in the same breath, so the client says that no more comes.
            yield return Asked("GET", stats, upgrade, 200, null);
            yield return Asked("POST", views, upgrade, 400, "invalid_page");
        }

        static OddRequest Asked(string method, string path, string upgrade, int status, string? code) =>
            new(
                $"{method} {upgrade.Replace("\r\n", " ", StringComparison.Ordinal)}",
                status,
                [
                    Bytes(
                        $"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\n{Agent}\r\n{upgrade}\r\n\r\nsome bytes of the other protocol"
                    ),
                ],
                code
            );
    }

    private static IEnumerable<OddRequest> NoRequests =>
        [
            new("the beginning of HTTP/2", 0, ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray()]),
            new(
                "the beginning of TLS",
                400,
                [
                    [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, .. new byte[200]],
                ]
            ),
            new("zeros", 400, [new byte[100]]),
        ];

    private static byte[] Get(string target, string? header = null, string? host = "portal.example") =>
        Head("GET", target, header is null ? [] : [header], host, "");

    private static byte[] Post(string target, string body, string? header = null, string? host = "portal.example") =>
        Head(
            "POST",
            target,
            [$"Content-Length: {body.Length}", .. header is null ? (string[])[] : [header]],
            host,
            body
        );

    private static byte[] Head(
        string method,
        string target,
        string? header = null,
        string? second = null,
        string more = ""
    ) => Head(method, target, [.. new[] { header, second }.OfType<string>()], "portal.example", more);

    private static byte[] Head(string method, string target, string[] headers, string? host, string more)
    {
        string[] lines =
        [
            $"{method} {target} HTTP/1.1",
            .. host is null ? (string[])[] : [$"Host: {host}"],
            Agent,
            "Connection: close",
            .. method is "POST" ? (string[])["Content-Type: application/json"] : [],
            .. headers,
        ];
        return Bytes(string.Join("\r\n", lines) + "\r\n\r\n" + more);
    }

    // As UTF-8, so that what is none of ASCII is as browsers would send it.
    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
