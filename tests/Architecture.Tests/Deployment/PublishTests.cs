using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>
/// What is built and published is for one platform: packages bring natives of forty, and symbols that are larger than
/// all of them.
/// </summary>
public sealed class PublishTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Hosts =>
        [
            "gateway/Gateway",
            "services/Content/Content.Host",
            "services/Counting/Counting.Host",
            "services/Feedback/Feedback.Host",
            "services/Standalone",
        ];

    [Theory, MemberData(nameof(Hosts))]
    public void A_built_host_has_natives_of_this_platform_only(string project) =>
        // Folders below it may be what a developer published for another platform.
        HoldsOnePlatform(Path.GetDirectoryName(Repository.Program(project))!, SearchOption.TopDirectoryOnly);

    [Fact]
    public async Task A_published_Standalone_has_natives_of_this_platform_only_and_starts()
    {
        using var folder = new TemporaryDirectory();
        var published = folder.File("published");
        await using var publish = await ChildProcess.StartAsync(
            HostProcess.Dotnet,
            [
                "publish",
                Path.Combine(Repository.Root, "services", "Standalone"),
                "--configuration",
                Repository.Configuration,
                "--no-build",
                "--output",
                published,
                "-nodeReuse:false",
            ],
            new Dictionary<string, string> { ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0" }
        );
        Assert.True(await publish.WaitForExitAsync(Timeout) == 0, publish.Tail());

        HoldsOnePlatform(published, SearchOption.AllDirectories);
        var doors = ((string[])["Public", "Operators", "Probe"]).Select(door =>
            $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"
        );
        await using var host = await HostProcess.StartAsync(
            Path.Combine(published, "PortalServices.Standalone.dll"),
            ["--data", folder.File("data"), .. doors]
        );
        Assert.Equal(0, await host.TerminateAsync());
    }

    private static void HoldsOnePlatform(string folder, SearchOption depth)
    {
        // Where the build lays what packages have for several platforms; an older build may have left it empty.
        var several = Path.Combine(folder, "runtimes");
        Assert.Empty(Directory.Exists(several) ? Directory.GetFiles(several, "*", SearchOption.AllDirectories) : []);
        var files = Directory.GetFiles(folder, "*", depth);
        var natives = files
            .Select(file => (file, platform: PublishedFile.Platform(file)))
            .Where(each => each.platform is not null)
            .ToList();
        Assert.NotEmpty(natives);
        Assert.All(
            natives,
            native => Assert.True(native.platform == PublishedFile.Here, $"{native.file} is for {native.platform}")
        );
        Assert.All(
            files.Where(file => file.EndsWith(".pdb", StringComparison.Ordinal)),
            file => Assert.StartsWith("PortalServices.", Path.GetFileName(file), StringComparison.Ordinal)
        );
    }
}
