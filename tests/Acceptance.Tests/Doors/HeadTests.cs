using System.Net;
using System.Text;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Doors;

/// <summary>
/// What the head of a request may be: the same in every shape, and refused by the edge with a problem.
/// </summary>
[Usually(Shape.Services)]
public sealed class HeadTests(Portals portals)
{
    private const int MaxHeaderBytes = 16 * 1024,
        MaxFields = 100;
    private static readonly string[] HeadersOfText =
    [
        "Cookie",
        "Referer",
        "User-Agent",
        "Accept-Language",
        "If-None-Match",
        "X-Name",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Large_headers_are_refused(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var door in new[] { portal.Public.Door, portal.Shape.OperatorsDoor.Door })
        {
            Assert.Equal((431, "headers_too_large"), await StatsAsync(door, site, $"X: {new string('a', 50_000)}\r\n"));
            Assert.Equal((431, "headers_too_large"), await StatsAsync(door, site, Filler(MaxHeaderBytes + 1)));
            Assert.Equal((200, ""), await StatsAsync(door, site, Filler(MaxHeaderBytes)));
            // Counted as bytes, not as characters.
            Assert.Equal(
                (431, "headers_too_large"),
                await StatsAsync(door, site, Utf8($"X: {new string('ư', MaxHeaderBytes / 2)}\r\n"))
            );
        }
    }

    [Theory, EveryShape]
    public async Task Many_header_fields_are_refused(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        // Besides Host.
        Assert.Equal((200, ""), await StatsAsync(portal.Public.Door, site, Fields(MaxFields - 1)));
        Assert.Equal((431, "headers_too_large"), await StatsAsync(portal.Public.Door, site, Fields(MaxFields)));
        Assert.Equal((431, "headers_too_large"), await StatsAsync(portal.Public.Door, site, Fields(150)));
    }

    [Theory, EveryShape]
    public async Task An_address_that_grows_too_long_when_it_is_escaped_is_refused(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var many in new[] { '|', '"', '<', '{', '`', '^' })
        {
            var reply = await RawRequest.SendAsync(
                portal.Public.Door,
                $"GET /api/sites/{site}/articles/{new string(many, 14_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
                Cancel
            );
            Assert.Equal((414, "uri_too_long"), (reply.Status, reply.Code));
            reply = await RawRequest.SendAsync(
                portal.Public.Door,
                $"GET /api/sites/{site}/stats?q={new string(many, 14_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
                Cancel
            );
            Assert.Equal((414, "uri_too_long"), (reply.Status, reply.Code));
        }

        var plain = await RawRequest.SendAsync(
            portal.Public.Door,
            $"GET /api/sites/{site}/stats?q={new string('a', 41_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
            Cancel
        );
        Assert.Equal((414, "uri_too_long"), (plain.Status, plain.Code));
    }

    [Theory, EveryShape]
    public async Task The_longest_address_of_the_api_is_answered(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        // 20 paths of 512 bytes, each byte escaped as three.
        var paths = Enumerable
            .Range(0, 20)
            .Select(number => $"/{number:D2}" + string.Concat(Enumerable.Repeat("ư", 254)) + "a")
            .ToList();
        Assert.All(paths, path => Assert.Equal(512, Encoding.UTF8.GetByteCount(path)));
        var reply = await portal.Public.PagesAsync(portal.NewSite(), paths, Cancel);
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(20, reply.Pages.Items.Count);
    }

    [Theory, EveryShape]
    public async Task What_the_product_adds_to_the_largest_head_still_fits(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        const string trace = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
        // Beside the longest line. Baggage would be escaped anew, to three times its size.
        foreach (
            var header in new[]
            {
                $"baggage: k={new string('"', 15_000)}",
                $"Correlation-Context: k={new string('{', 15_000)}",
                $"tracestate: a={new string('b', 15_000)}",
            }
        )
        {
            var reply = await RawRequest.SendAsync(
                portal.Public.Door,
                $"GET /api/sites/{site}/stats?q={new string('a', 40_000)} HTTP/1.1\r\nHost: x\r\n{trace}{header}\r\n\r\n",
                Cancel
            );
            Assert.Equal(200, reply.Status);
        }
    }

    [Theory, EveryShape]
    public async Task Headers_of_any_script_are_taken(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var header in HeadersOfText)
        {
            var line = Utf8($"{header}: ten=Sơn La; tỉnh=Điện Biên\r\n");
            Assert.Equal((200, ""), await StatsAsync(portal.Public.Door, site, line));
            var view = await RawRequest.SendAsync(
                portal.Public.Door,
                $"POST /api/sites/{site}/views?page=/ HTTP/1.1\r\nHost: x\r\n{line}Content-Length: 0\r\n\r\n",
                Cancel
            );
            Assert.Equal(200, view.Status);
            var query = await RawRequest.SendAsync(
                portal.Public.Door,
                $"POST /api/sites/{site}/pages/query HTTP/1.1\r\nHost: x\r\n{line}Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{{\"paths\":[]}} ",
                Cancel
            );
            Assert.InRange(query.Status, 200, 400);
        }
    }

    [Theory, EveryShape]
    public async Task No_byte_in_a_header_is_a_fault_of_the_product(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        for (var value = 0; value < 256; value++)
        {
            var (status, _) = await StatsAsync(portal.Public.Door, site, $"Cookie: a{(char)value}b\r\n");
            // A line feed parts the line, and the server refuses what is no UTF-8, or no text.
            Assert.True(status is 200 or 400, $"byte {value}: {status}");
        }
    }

    [Theory, EveryShape]
    public async Task Methods_that_no_address_has_are_refused(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        foreach (
            var line in new[]
            {
                "CONNECT portal.example:443",
                "TRACE /api/sites/any/stats",
                "PROPFIND /api/sites/any/views",
                "get /api/sites/any/stats",
            }
        )
        {
            var reply = await RawRequest.SendAsync(
                portal.Public.Door,
                $"{line} HTTP/1.1\r\nHost: portal.example:443\r\n\r\n",
                Cancel
            );
            Assert.Equal((405, "method_not_allowed"), (reply.Status, reply.Code));
            Assert.Contains("POST", reply.Header("Allow"), StringComparison.Ordinal);
        }
    }

    [Theory, EveryShape]
    public async Task Health_is_not_sniffed_either(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        foreach (var door in new[] { portal.Shape.ProbeDoor, portal.Shape.OperatorsDoor })
        {
            Assert.Equal("nosniff", (await door.GetAsync("/health/ready", Cancel)).Header("X-Content-Type-Options"));
        }
    }

    private static async Task<(int Status, string Code)> StatsAsync(Uri door, string site, string headers)
    {
        var reply = await RawRequest.SendAsync(
            door,
            $"GET /api/sites/{site}/stats HTTP/1.1\r\nHost: x\r\n{headers}\r\n",
            Cancel
        );
        return (reply.Status, reply.Code);
    }

    /// <summary>A header that fills the rest of so many bytes; the host is counted twice.</summary>
    private static string Filler(int bytes) =>
        $"X: {new string('a', bytes - "Host: x\r\n".Length - "x".Length - "X: \r\n".Length)}\r\n";

    private static string Fields(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(number => $"X-{number}: a\r\n"));

    private static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
