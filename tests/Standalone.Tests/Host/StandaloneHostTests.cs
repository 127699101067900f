using System.Net;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>The program as its operator meets it.</summary>
public sealed class StandaloneHostTests
{
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_makes_secrets_for_the_owner_alone_and_the_next_ones_keep_them()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        var (keyFile, secretFile) = (
            Path.Combine(portal.Data, "operator.key"),
            Path.Combine(portal.Data, "secrets", "visitor-secret")
        );
        var (key, secret) = (
            await File.ReadAllTextAsync(keyFile, Cancel),
            await File.ReadAllTextAsync(secretFile, Cancel)
        );
        Assert.Matches(@"\Aps_[A-Za-z0-9_-]{43}\n\z", key);
        Assert.Matches(@"\A[A-Za-z0-9_-]{43}\n\z", secret);
        Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(keyFile));
        Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(secretFile));

        Assert.Equal([0], await portal.TerminateAsync());
        await portal.StartAsync();

        Assert.Equal(
            (key, secret),
            (await File.ReadAllTextAsync(keyFile, Cancel), await File.ReadAllTextAsync(secretFile, Cancel))
        );
    }

    /// <summary>
    /// While it is, the first checkpoints take three times as long, and views wait for them (docs/decisions/0008).
    /// </summary>
    [Fact]
    public void The_runtime_does_not_watch_code_to_optimize_it_later()
    {
        using var settings = JsonDocument.Parse(
            File.ReadAllText(Path.ChangeExtension(Repository.Program(StandaloneShape.Project), ".runtimeconfig.json"))
        );
        Assert.False(
            settings
                .RootElement.GetProperty("runtimeOptions")
                .GetProperty("configProperties")
                .GetProperty("System.Runtime.TieredPGO")
                .GetBoolean()
        );
    }

    [Fact]
    public async Task The_generated_key_opens_the_operators_door_and_no_other()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        var key = (await File.ReadAllTextAsync(Path.Combine(portal.Data, "operator.key"), Cancel)).Trim();
        const string Nowhere = "/api/operator/sites/site/there-is-no-such-route";

        Assert.Equal("operator_key_required", (await portal.OperatorsDoor.GetAsync(Nowhere, Cancel)).Code);
        Assert.Equal(
            "operator_key_invalid",
            (await portal.OperatorsDoor.GetAsync(Nowhere, Cancel, ("Authorization", "Bearer ps_wrong"))).Code
        );
        Assert.Equal(
            "not_found",
            (await portal.OperatorsDoor.GetAsync(Nowhere, Cancel, ("Authorization", $"Bearer {key}"))).Code
        );
        Assert.Equal("not_found", (await portal.PublicDoor.GetAsync(Nowhere, Cancel)).Code);
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());

        var second = await HostProcess.RunAsync(StandaloneShape.Project, ["--data", portal.Data, .. FreeDoors()]);

        Assert.Equal(1, second.ExitCode);
        Assert.Equal(
            [$"--data: {portal.Data} is in use by another process; give each its own folder with --data DIR"],
            second.Errors
        );
        Assert.Empty(second.Output);
        Assert.Equal(HttpStatusCode.OK, (await portal.PublicDoor.StatsAsync("site", Cancel)).Status);
    }

    [Theory]
    [InlineData("--data:", "--data")]
    [InlineData("ConnectionStrings:redis:", "--ConnectionStrings:redis=localhost:6379")]
    [InlineData("Store:MemoryMegabytes:", "--Store:MemoryMegabytes=1")]
    [InlineData("Store:Memory:", "--Store:Memory=1g")]
    [InlineData("Operators:Keys:0:", "--Operators:Keys:0:Name=editor")]
    [InlineData("--seed:", "--seed")]
    public async Task What_is_wrong_is_told_in_one_line(string begins, string argument)
    {
        using var folder = new TemporaryDirectory();

        var run = await HostProcess.RunAsync(
            StandaloneShape.Project,
            ["--data", folder.File("data"), .. FreeDoors(), argument]
        );

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(begins, Assert.Single(run.Errors), StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_damaged_store_is_refused_in_one_line_and_left_as_it_is()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        Assert.True((await portal.PublicDoor.ViewAsync("site", new ViewCall("/page"), Cancel)).Counted);
        await portal.KillAsync();
        Folders.CutLog(portal.Data, 100);
        var before = Folders.Contents(portal.Data);

        var run = await HostProcess.RunAsync(StandaloneShape.Project, ["--data", portal.Data, .. FreeDoors()]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"Store: {portal.Data}/store is damaged and was left as it is: ",
            Assert.Single(run.Errors),
            StringComparison.Ordinal
        );
        Assert.Equal(before, Folders.Contents(portal.Data));
    }

    [Fact]
    public async Task A_visitor_secret_from_the_settings_is_not_written_down()
    {
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Counting = new Dictionary<string, string>
                {
                    ["Counting:VisitorSecret"] = "a secret that the settings hold, of 40 letters",
                },
            }
        );

        Assert.False(Directory.Exists(Path.Combine(portal.Data, "secrets")));
    }

    [Fact]
    public async Task A_long_path_of_the_data_is_no_hindrance()
    {
        using var folder = new TemporaryDirectory();
        var data = folder.File("tỉnh Sơn La, cổng thông tin điện tử, số liệu đếm lượt truy cập của các trang");
        var arguments = new[] { "--data", data }.Concat(FreeDoors()).ToArray();
        var whereTheKeyIs = $"The administrator's key is in {data}/operator.key";
        await using (var host = await HostProcess.StartAsync(StandaloneShape.Project, arguments))
        {
            Assert.Contains(whereTheKeyIs, host.Tail(), StringComparison.Ordinal);
            await host.KillAsync();
        }

        await using var again = await HostProcess.StartAsync(StandaloneShape.Project, arguments);
        using var door = new PortalClient(again.Door("Public"));

        Assert.Contains(whereTheKeyIs, again.Tail(), StringComparison.Ordinal);
        Assert.Equal(18_481_240, (await door.StatsAsync("sonla", Cancel)).Stats.Views.Total);
        Assert.Equal(0, await again.TerminateAsync());
    }

    [Fact]
    public async Task It_looks_after_its_own_health()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        string[] arguments = ["--health", $"--Kestrel:Endpoints:Probe:Url={portal.ProbeDoor.Door}"];

        Assert.Equal(0, (await HostProcess.RunAsync(StandaloneShape.Project, arguments)).ExitCode);
        await portal.KillAsync();
        Assert.Equal(1, (await HostProcess.RunAsync(StandaloneShape.Project, arguments)).ExitCode);
    }

    private static string[] FreeDoors() =>
        [
            .. new[] { "Public", "Operators", "Probe" }.Select(door =>
                $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"
            ),
        ];
}
