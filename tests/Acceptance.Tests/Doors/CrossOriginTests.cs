using System.Net;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Doors;

/// <summary>A portal's pages may lie on another origin than the counter: browsers ask first, and are told.</summary>
public sealed class CrossOriginTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_listed_origin_may_read_the_answer_and_its_tag(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var reply = await portal.Public.GetAsync($"/api/sites/{portal.NewSite()}/stats", Cancel, ("Origin", SiteEntry.OwnOrigin));
        Assert.Equal((HttpStatusCode.OK, SiteEntry.OwnOrigin), (reply.Status, reply.Header("Access-Control-Allow-Origin")));
        Assert.Contains("ETag", reply.Header("Access-Control-Expose-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Origin", reply.Header("Vary"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryShape]
    public async Task A_question_beforehand_is_answered_for_long(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var message = portal.Public.Message(HttpMethod.Options, $"/api/sites/{portal.NewSite()}/views", ViewCall.Browser, new Dictionary<string, string>
        {
            ["Origin"] = SiteEntry.OwnOrigin,
            ["Access-Control-Request-Method"] = "POST",
            ["Access-Control-Request-Headers"] = "content-type",
        });
        var reply = await portal.Public.SendAsync(message, Cancel);

        Assert.True(reply.Status is HttpStatusCode.NoContent or HttpStatusCode.OK, reply.ToString());
        Assert.Equal(SiteEntry.OwnOrigin, reply.Header("Access-Control-Allow-Origin"));
        Assert.Contains("POST", reply.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("content-type", reply.Header("Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.True(int.Parse(reply.Header("Access-Control-Max-Age")!, System.Globalization.CultureInfo.InvariantCulture) >= 600);
    }
}
