using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Views;

/// <summary>
/// Who a visitor is: a browser at an address, as seen by the first machine of the portal that is to be believed.
/// </summary>
[AlsoOnCluster]
[Usually(Shape.Services)]
public sealed class VisitorTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Two_addresses_are_two_visitors_and_the_same_one_again_is_one(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var address in new[] { "127.0.0.11", "127.0.0.12", "127.0.0.11" })
        {
            await portal.Public.ViewAsync(site, new ViewCall("/a") { From = IPAddress.Parse(address) }, Cancel);
        }
        await VisitorsAsync(portal, site, 2);
    }

    [Theory, EveryShape]
    public async Task Two_browsers_at_one_address_are_two_visitors(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var browser in new[] { "Mozilla/5.0 A", "Mozilla/5.0 B", "Mozilla/5.0 A" })
        {
            await portal.Public.ViewAsync(site, new ViewCall("/a") { UserAgent = browser }, Cancel);
        }
        await VisitorsAsync(portal, site, 2);
    }

    [Theory, EveryShape]
    public async Task A_forwarding_header_from_just_anybody_is_ignored(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var headers in Forwarded("203.0.113.1", "203.0.113.2", "203.0.113.3"))
        {
            await portal.Public.ViewAsync(
                site,
                new ViewCall("/a") { From = IPAddress.Parse("127.0.0.13"), Headers = headers },
                Cancel
            );
        }
        await VisitorsAsync(portal, site, 1);
    }

    [Theory, EveryShape]
    public async Task A_trusted_proxy_says_who_the_visitor_is(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var headers in Forwarded("203.0.113.1", "203.0.113.2", "203.0.113.1"))
        {
            await portal.Public.ViewAsync(
                site,
                new ViewCall("/a") { From = IPAddress.Parse(PortalSettings.TrustedProxy), Headers = headers },
                Cancel
            );
        }
        await VisitorsAsync(portal, site, 2);
    }

    [Theory, EveryShape]
    public async Task A_network_of_IPv6_is_one_visitor(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var headers in Forwarded("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"))
        {
            await portal.Public.ViewAsync(
                site,
                new ViewCall("/a") { From = IPAddress.Parse(PortalSettings.TrustedProxy), Headers = headers },
                Cancel
            );
        }
        await VisitorsAsync(portal, site, 2);
    }

    [Fact]
    public async Task Past_the_gateway_a_forged_forwarding_header_makes_no_visitors()
    {
        var portal = await portals.InAsync(Shape.Services);
        var site = portal.NewSite();
        var replica = ((ServicesShape)portal.Shape).Replicas[0];
        foreach (var headers in Forwarded("203.0.113.1", "203.0.113.2", "203.0.113.3"))
        {
            await replica.Internal.ViewAsync(
                site,
                new ViewCall("/a") { From = IPAddress.Parse("127.0.0.14"), Headers = headers },
                Cancel
            );
        }
        await VisitorsAsync(portal, site, 1);
    }

    private static IEnumerable<Dictionary<string, string>> Forwarded(params string[] addresses) =>
        addresses.Select(address => new Dictionary<string, string>
        {
            ["X-Forwarded-For"] = address,
            ["X-Real-IP"] = address,
        });

    private static async Task VisitorsAsync(Portal portal, string site, long expected)
    {
        var reply = await Eventually.BecomesAsync(
            () => portal.Public.StatsAsync(site, Cancel),
            r => r.Stats.Visitors.Today >= expected && r.Stats.Online >= expected,
            "visitors",
            Cancel
        );
        Assert.Equal((new Periods(expected, expected, expected), expected), (reply.Stats.Visitors, reply.Stats.Online));
    }
}
