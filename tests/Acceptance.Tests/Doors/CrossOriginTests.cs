using System.Net;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Doors;

/// <summary>A portal's pages may lie on another origin than the counter: browsers ask first, and are told.</summary>
[Usually(Shape.Services)]
public sealed class CrossOriginTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_listed_origin_may_read_the_answer_and_its_tag(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var reply = await portal.Public.GetAsync(
            $"/api/sites/{portal.NewSite()}/stats",
            Cancel,
            ("Origin", SiteEntry.OwnOrigin)
        );
        Assert.Equal(
            (HttpStatusCode.OK, SiteEntry.OwnOrigin),
            (reply.Status, reply.Header("Access-Control-Allow-Origin"))
        );
        Assert.Contains("ETag", reply.Header("Access-Control-Expose-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Origin", reply.Header("Vary"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryShape]
    public async Task An_international_name_is_the_same_however_it_is_spelt(Shape shape)
    {
        const string Listed = "https://xn--cng-qmz.example",
            AlsoListed = "https://xn--bo-mia.example";
        var portal = await portals.InAsync(shape);
        foreach (
            var (host, origin, expected) in new[]
            {
                ("a.example", "https://cổng.example", Listed),
                ("a.example", "HTTPS://CỔNG.Example:443", Listed),
                ("a.example", "https://XN--CNG-QMZ.example", Listed),
                ("a.example", "https://báo.example", AlsoListed),
                ("a.example", "https://xn--bo-mia.example:443", AlsoListed),
                ("a.example", "http://cổng.example", null),
                ("xn--nh-kia.example", "http://nhà.example", "http://xn--nh-kia.example"),
                ("XN--NH-KIA.example:80", "http://nhà.example", "http://xn--nh-kia.example"),
                ("xn--nh-kia.example:80", "HTTP://XN--NH-KIA.EXAMPLE", "http://xn--nh-kia.example"),
                ("xn--nh-kia.example:81", "http://nhà.example", null),
            }
        )
        {
            var page = $$"""{"page":"{{origin}}/a"}""";
            foreach (
                var (request, body, from) in new[]
                {
                    ("GET /api/sites/international/stats", "", origin),
                    ("POST /api/sites/international/views", """{"page":"/a"}""", origin),
                    ("POST /api/captchas", "", origin),
                    ("OPTIONS /api/sites/international/views", "", origin),
                    ("POST /api/sites/international/views", page, null),
                    ($"GET /api/sites/international/stats?page={Uri.EscapeDataString(origin + "/a")}", "", null),
                }
            )
            {
                var reply = await RawClient.SendAsync(
                    portal.Public.Door,
                    [
                        System.Text.Encoding.UTF8.GetBytes(
                            $"{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nUser-Agent: {ViewCall.Browser}\r\n{(from is null ? "" : $"Origin: {from}\r\n")}"
                                + $"Access-Control-Request-Method: POST\r\nContent-Type: application/json\r\nContent-Length: {System.Text.Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
                        ),
                    ],
                    Leaving.WhenAnswered,
                    Cancel
                );
                var told = $"{host} {origin} {request} {body}: {reply.Text}";
                if (expected is null)
                {
                    Assert.True((403, "foreign_origin") == (reply.Status, reply.Code), told);
                }
                else
                {
                    Assert.True(
                        reply.Status is 200 or 201 or 204
                            && (
                                from is null
                                || reply.Text.Contains(
                                    $"\r\nAccess-Control-Allow-Origin: {expected}\r\n",
                                    StringComparison.OrdinalIgnoreCase
                                )
                            ),
                        told
                    );
                }
            }
        }
    }

    [Theory, EveryShape]
    public async Task A_question_beforehand_is_answered_for_long(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var message = portal.Public.Message(
            HttpMethod.Options,
            $"/api/sites/{portal.NewSite()}/views",
            ViewCall.Browser,
            new Dictionary<string, string>
            {
                ["Origin"] = SiteEntry.OwnOrigin,
                ["Access-Control-Request-Method"] = "POST",
                ["Access-Control-Request-Headers"] = "content-type",
            }
        );
        var reply = await portal.Public.SendAsync(message, Cancel);

        Assert.True(reply.Status is HttpStatusCode.NoContent or HttpStatusCode.OK, reply.ToString());
        Assert.Equal(SiteEntry.OwnOrigin, reply.Header("Access-Control-Allow-Origin"));
        Assert.Contains("POST", reply.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains(
            "content-type",
            reply.Header("Access-Control-Allow-Headers"),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.True(
            int.Parse(reply.Header("Access-Control-Max-Age")!, System.Globalization.CultureInfo.InvariantCulture) >= 600
        );
    }
}
