using System.Net;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>A store that was restored without its secret counts again only when an operator says so.</summary>
public sealed class VisitorSecretTests(UsedFolder used)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_without_its_secret_is_refused_until_the_new_one_is_accepted()
    {
        await using var portal = await used.PrepareAsync();
        File.Delete(Path.Combine(portal.Data, "secrets", "visitor-secret"));

        var refused = await RunAsync(portal);
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith(
            "Counting:VisitorSecret: the ledger of site was made with another secret.",
            Assert.Single(refused.Errors),
            StringComparison.Ordinal
        );

        var accepted = await RunAsync(portal, "--accept-visitor-secret");
        Assert.Equal((0, ""), (accepted.ExitCode, string.Join('\n', accepted.Errors)));
        Assert.DoesNotContain(accepted.Output, line => line.Contains(" warn: ", StringComparison.Ordinal));
        Assert.StartsWith("site: accepted", Assert.Single(accepted.Output, IsAnswer), StringComparison.Ordinal);
        Assert.StartsWith(
            "site: this is the ledger's secret already",
            Assert.Single((await RunAsync(portal, "--accept-visitor-secret")).Output, IsAnswer),
            StringComparison.Ordinal
        );

        await portal.StartAsync();
        // It may have been counted before, and nobody can tell any more.
        Assert.Equal(
            HttpStatusCode.Gone,
            (
                await portal.PublicDoor.ViewAsync(
                    "site",
                    new ViewCall(UsedFolder.Page) { View = UsedFolder.FirstView, Age = "60000" },
                    Cancel
                )
            ).Status
        );
        Assert.Equal(UsedFolder.Views, (await portal.PublicDoor.StatsAsync("site", Cancel)).Stats.Views.Total);
        var key = (await File.ReadAllTextAsync(Path.Combine(portal.Data, "operator.key"), Cancel)).Trim();
        var entry = (
            await portal.OperatorsDoor.GetAsync(
                "/api/operator/sites/site/audit",
                Cancel,
                ("Authorization", $"Bearer {key}")
            )
        ).Json.GetProperty("items")[0];
        Assert.Equal(
            ("visitorSecret", "--accept-visitor-secret"),
            (entry.GetProperty("kind").GetString(), entry.GetProperty("who").GetString())
        );
    }

    // And not a line of the log.
    private static bool IsAnswer(string line) => line.StartsWith("site:", StringComparison.Ordinal);

    private static Task<HostRun> RunAsync(StandaloneShape portal, params string[] command)
    {
        var seeds = Path.Combine(Path.GetDirectoryName(portal.Data)!, "seeds");
        return HostProcess.RunAsync(
            StandaloneShape.Project,
            ["--data", portal.Data, $"--Seeds:Directory={seeds}", .. Doors(), .. command]
        );
    }

    private static IEnumerable<string> Doors() =>
        ((string[])["Public", "Operators", "Probe"]).Select(door =>
            $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:{Ports.Free()}"
        );
}
