using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Telemetry;

namespace PortalServices.Acceptance.Tests.Telemetry;

/// <summary>A Prometheus with the shipped configuration finds what the rules and the dashboards ask for.</summary>
public sealed class PrometheusTests
{
    private const string Site = "site";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_selector_of_every_rule_and_panel_finds_series()
    {
        using var folder = new TemporaryDirectory();
        using var certificate = new SelfMadeCertificate();
        certificate.WritePem(folder.File("door.pem"), folder.File("door.key"));
        await using var mails = new TakingMailServer();
        await using var portal = await ServicesShape.StartNewAsync(
            new PortalSettings
            {
                Replicas = 1,
                Content = true,
                Feedback = true,
                OfFeedback = mails.Settings,
                OfGateway = new Dictionary<string, string>
                {
                    ["Portal:Enabled"] = "true",
                    ["Kestrel:Certificates:Default:Path"] = folder.File("door.pem"),
                    ["Kestrel:Certificates:Default:KeyPath"] = folder.File("door.key"),
                },
            }
        );
        await using var prometheus = await PrometheusServer.StartAsync(
            new Dictionary<string, IEnumerable<Uri>>
            {
                ["gateway"] = [portal.ProbeDoor.Door],
                ["counting"] = portal.Replicas.Select(replica => replica.Probe.Door),
                ["content"] = portal.Content.Select(replica => replica.Probe.Door),
                ["feedback"] = portal.Feedback.Select(replica => replica.Probe.Door),
            }
        );
        await VisitAsync(portal);
        await Eventually.HoldsAsync(
            async () => await prometheus.TargetsAsync(Cancel) is { Count: 4 } all && all.All(health => health == "up"),
            "every process is scraped",
            Cancel
        );
        // A failing process, so that requests end with 503.
        await portal.Content[0].KillAsync();
        await Eventually.HoldsAsync(
            async () => (int)(await portal.PublicDoor.GetAsync($"/api/sites/{Site}/articles", Cancel)).Status is >= 500,
            "the gateway answers for the process that is gone",
            Cancel
        );

        var missing = Queries.All.SelectMany(each => Queries.SelectorsOf(each.Expression)).ToHashSet();
        Assert.Contains("portal_counting_views_total{outcome=\"counted\"}", missing);
        await Eventually.BecomesAsync(
            async () =>
            {
                foreach (var selector in missing.ToList())
                {
                    if (await prometheus.FindsAsync(selector, Cancel))
                    {
                        missing.Remove(selector);
                    }
                }
                return string.Join(", ", missing);
            },
            left => left.Length == 0,
            "selectors without series",
            Cancel
        );
        Assert.Empty(await prometheus.FailingRulesAsync(Cancel));
    }

    // A little of what visitors do.
    private static async Task VisitAsync(ServicesShape portal)
    {
        for (var i = 0; i < 5; i++)
        {
            var view = await portal.PublicDoor.ViewAsync(Site, new ViewCall("/"), Cancel);
            Assert.True((int)view.Status == 200, view.ToString());
        }
        var page = await portal.PublicDoor.GetAsync("/", Cancel);
        Assert.True((int)page.Status == 200, page.ToString());
        var work = await portal.PublicDoor.GetAsync($"/api/sites/{Site}/captchas/work", Cancel);
        var sent = await portal.PublicDoor.PostAsync(
            $"/api/sites/{Site}/feedback",
            JsonSerializer.Serialize(
                new
                {
                    fullName = "Nguyễn Văn An",
                    title = "Hỏi về tuyển sinh",
                    content = "Khi nào công bố điểm chuẩn?",
                    email = "an@example.vn",
                    captcha = new { work = WorkSolver.Solve(work.Json) },
                }
            ),
            "application/json",
            Cancel,
            ("Idempotency-Key", Guid.NewGuid().ToString("N"))
        );
        Assert.True((int)sent.Status == 201, sent.ToString());
    }
}
