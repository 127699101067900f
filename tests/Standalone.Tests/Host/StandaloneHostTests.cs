using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>The program that does not start, as its operator meets it.</summary>
public sealed class StandaloneHostTests(UsedFolder used)
{
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
            ["--data", folder.File("data"), .. FreeDoors.Arguments, argument]
        );

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(begins, Assert.Single(run.Errors), StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_damaged_store_is_refused_in_one_line_and_left_as_it_is()
    {
        await using var portal = await used.PrepareAsync();
        Folders.CutLog(portal.Data, 100);
        var before = Folders.Contents(portal.Data);

        var run = await HostProcess.RunAsync(StandaloneShape.Project, ["--data", portal.Data, .. FreeDoors.Arguments]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"Store: {portal.Data}/store is damaged and was left as it is: ",
            Assert.Single(run.Errors),
            StringComparison.Ordinal
        );
        Assert.Equal(before, Folders.Contents(portal.Data));
    }
}
