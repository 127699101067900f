using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Compose;
using PortalServices.Testing.Processes;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>
/// The steps of deploy/Dockerfile, outside a container: its commands as they are written, in a copy of what the build
/// would see. Only <c>/app</c> is another folder.
/// </summary>
public sealed partial class DockerfileTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(9);

    private static readonly ComposeFile File = ComposeFile.Read();

    [Theory]
    [Rows]
    [UsualRow("feedback-1")]
    [LongRow("counting-1")]
    [LongRow("content-1")]
    [LongRow("gateway")]
    public async Task Its_commands_make_a_program_that_starts_with_the_settings_of_compose(string service)
    {
        using var folder = new TemporaryDirectory();
        var (source, app) = (folder.File("source"), folder.File("app"));
        await RunAsync(
            // What is not in git is not in the sources; .dockerignore leaves further folders out.
            $"mkdir source && git -C '{Repository.Root}' ls-files -z --cached --others --exclude-standard "
                + $"| (cd '{Repository.Root}' && grep -zvE '^({Ignored()})(/|$)' | xargs -0 cp --parents -t '{source}')",
            folder.Path,
            new Dictionary<string, string>()
        );
        var commands = Commands();
        Assert.Single(commands);
        Assert.Contains("dotnet publish \"${PROJECT:?", commands[0], StringComparison.Ordinal);
        if (!LongRun.IsOn)
        {
            // To compile everything takes minutes: here that the shell can read it, and that the host is in the copy.
            await RunAsync(
                $"cat > command <<'END' && sh -n command\n{commands[0]}\nEND",
                folder.Path,
                new Dictionary<string, string>()
            );
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(source, File.Services[service].Project), "*.csproj"));
            return;
        }
        foreach (var command in commands)
        {
            await RunAsync(
                Application().Replace(command, app),
                source,
                new Dictionary<string, string>
                {
                    ["PROJECT"] = File.Services[service].Project,
                    ["MSBUILDDISABLENODEREUSE"] = "1",
                    ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
                    ["UseSharedCompilation"] = "false",
                }
            );
        }

        const string Away = "Host=127.0.0.1;Port=1";
        using var suite = await ComposedSuite.PrepareAsync("127.0.0.1:1", Away, Away, new Uri("amqp://127.0.0.1:1"));
        var environment = suite.EnvironmentOf(service);
        environment["Logging__Console__FormatterName"] = "text";
        if (Path.GetDirectoryName(HostProcess.Dotnet) is { Length: > 0 } runtime)
        {
            environment["DOTNET_ROOT"] = runtime;
        }
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ChildProcess.StartAsync(
            Path.Combine(app, "host"),
            [],
            environment,
            line =>
            {
                if (line == "Ready")
                {
                    ready.TrySetResult();
                }
            }
        );
        var ended = host.WaitForExitAsync(Timeout);
        Assert.True(await Task.WhenAny(ready.Task, ended) == ready.Task, host.Tail());
        host.Send(Signal.Terminate);
        Assert.Equal(0, await ended);
    }

    /// <summary>The commands, without the mounts, which are the build's.</summary>
    private static List<string> Commands() =>
        [
            .. Run()
                .Matches(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "deploy", "Dockerfile")))
                .Select(run => Mount().Replace(run.Groups[1].Value, "")),
        ];

    // Folders of the root by name; bin, obj and .git are in no list of git.
    private static string Ignored() =>
        string.Join(
            '|',
            System
                .IO.File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"))
                .Where(line => line.Length > 0 && !line.StartsWith("**/", StringComparison.Ordinal))
                .Select(Regex.Escape)
        );

    private static async Task RunAsync(string command, string folder, IReadOnlyDictionary<string, string> environment)
    {
        await using var shell = await ChildProcess.StartAsync("sh", ["-c", command], environment, directory: folder);
        Assert.True(await shell.WaitForExitAsync(Timeout) == 0, $"{command}\n{shell.Tail()}");
    }

    [GeneratedRegex(@"^RUN ((?:.*\\\n)*.*)$", RegexOptions.Multiline)]
    private static partial Regex Run();

    [GeneratedRegex(@"--mount=\S+\s*\\\n")]
    private static partial Regex Mount();

    [GeneratedRegex(@"(?<![\w.])/app\b")]
    private static partial Regex Application();
}
