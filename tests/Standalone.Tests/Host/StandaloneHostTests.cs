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

    /// <summary>Each by itself, all in one process.</summary>
    [Fact]
    public async Task What_is_wrong_is_told_in_one_line()
    {
        (string Begins, string Argument)[] wrong =
        [
            ("--data:", "--data"),
            ("ConnectionStrings:redis:", "--ConnectionStrings:redis=localhost:6379"),
            ("Store:MemoryMegabytes:", "--Store:MemoryMegabytes=1"),
            ("Store:Memory:", "--Store:Memory=1g"),
            ("Operators:Keys:0:", "--Operators:Keys:0:Name=editor"),
            ("--seed:", "--seed"),
        ];
        using var folder = new TemporaryDirectory();

        var runs = await ManyStarts.RunAsync(
            StandaloneShape.Project,
            [
                .. wrong.Select(
                    (each, i) =>
                        HostStart.With(["--data", folder.File($"data-{i}"), .. FreeDoors.Arguments, each.Argument])
                ),
            ]
        );

        Assert.All(
            wrong.Zip(runs),
            pair =>
            {
                var (each, run) = pair;
                Assert.Equal(1, run.ExitCode);
                Assert.StartsWith(each.Begins, Assert.Single(run.Errors), StringComparison.Ordinal);
                Assert.Empty(run.Output);
            }
        );
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
