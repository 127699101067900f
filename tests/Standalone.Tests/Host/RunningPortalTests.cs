using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>The running program as its operator meets it.</summary>
public sealed class RunningPortalTests(RunningPortal running) : IClassFixture<RunningPortal>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StandaloneShape Portal => running.Shape;

    [Fact]
    public void The_folder_that_it_made_is_its_owners_alone_with_all_that_is_in_it() =>
        FileModeTests.AssertPrivate(Portal.Data);

    [Fact]
    public async Task The_generated_key_opens_the_operators_door_and_no_other()
    {
        var key = (await File.ReadAllTextAsync(Path.Combine(Portal.Data, "operator.key"), Cancel)).Trim();
        const string Nowhere = "/api/operator/sites/site/there-is-no-such-route";

        Assert.Equal("operator_key_required", (await Portal.OperatorsDoor.GetAsync(Nowhere, Cancel)).Code);
        Assert.Equal(
            "operator_key_invalid",
            (await Portal.OperatorsDoor.GetAsync(Nowhere, Cancel, ("Authorization", "Bearer ps_wrong"))).Code
        );
        Assert.Equal(
            "not_found",
            (await Portal.OperatorsDoor.GetAsync(Nowhere, Cancel, ("Authorization", $"Bearer {key}"))).Code
        );
        Assert.Equal("not_found", (await Portal.PublicDoor.GetAsync(Nowhere, Cancel)).Code);
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        var second = await HostProcess.RunAsync(
            StandaloneShape.Project,
            ["--data", Portal.Data, .. FreeDoors.Arguments]
        );

        Assert.Equal(1, second.ExitCode);
        Assert.Equal(
            [$"--data: {Portal.Data} is in use by another process; give each its own folder with --data DIR"],
            second.Errors
        );
        Assert.Empty(second.Output);
        Assert.Equal(HttpStatusCode.OK, (await Portal.PublicDoor.StatsAsync("site", Cancel)).Status);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_one_line_before_anything_is_begun()
    {
        using var data = new TemporaryDirectory();
        var taken = Portal.PublicDoor.Door.GetLeftPart(UriPartial.Authority);
        var second = await HostProcess.RunAsync(
            StandaloneShape.Project,
            ["--data", data.Path, .. FreeDoors.Arguments, $"--Kestrel:Endpoints:Public:Url={taken}"]
        );

        Assert.Equal(1, second.ExitCode);
        Assert.Equal([$"Kestrel:Endpoints:Public:Url: {taken}: another process has this address"], second.Errors);
        Assert.Empty(second.Output);
        Assert.False(File.Exists(data.File("content.db")), "the databases were made");
    }

    [Fact]
    public async Task It_looks_after_its_own_health()
    {
        Assert.Equal(0, await HealthAsync(Portal.ProbeDoor.Door));
        // Where it does not run.
        Assert.Equal(1, await HealthAsync(new Uri($"http://127.0.0.1:{Ports.Free()}")));
    }

    private static async Task<int> HealthAsync(Uri door) =>
        (
            await HostProcess.RunAsync(StandaloneShape.Project, ["--health", $"--Kestrel:Endpoints:Probe:Url={door}"])
        ).ExitCode;
}
