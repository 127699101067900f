using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>The seeds have a site to try things with, on pages of any origin.</summary>
public sealed class DemoSiteTests
{
    private const string Demo = "demo",
        Anywhere = "http://127.0.0.1:5500";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_of_any_origin_counts_for_demo_and_for_no_other_site()
    {
        using var folder = new TemporaryDirectory();
        await using var host = await HostProcess.StartAsync(
            StandaloneShape.Project,
            ["--data", folder.Path, .. FreeDoors.Arguments]
        );
        using var door = new PortalClient(host.Door("Public"));
        // The second names its page in full, which is the same page.
        foreach (var page in new[] { "/thu", Anywhere + "/thu" })
        {
            var reply = await door.ViewAsync(Demo, new ViewCall(page), Cancel);
            Assert.True(reply.Counted, reply.ToString());
        }
        var stats = await door.GetAsync($"/api/sites/{Demo}/stats?page=/thu", Cancel, ("Origin", Anywhere));
        Assert.Equal(Anywhere, stats.Header("Access-Control-Allow-Origin"));
        Assert.Equal((2, 2), (stats.Stats.Views.Total, stats.Stats.Page!.Views.Total));

        var refused = await door.GetAsync($"/api/sites/{ReferencePortal.Site}/stats", Cancel, ("Origin", Anywhere));
        Assert.Equal((HttpStatusCode.Forbidden, "foreign_origin"), (refused.Status, refused.Code));
        var full = await door.ViewAsync(ReferencePortal.Site, new ViewCall(Anywhere + "/thu"), Cancel);
        Assert.Equal((HttpStatusCode.Forbidden, "foreign_origin"), (full.Status, full.Code));
    }
}
