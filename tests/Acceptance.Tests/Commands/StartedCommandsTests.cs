using System.Globalization;
using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Commands;

/// <summary>
/// What the documents have a reader start, starts as it stands there: on free ports, in a folder of the test, without a
/// build, and ended once it is ready.
/// </summary>
public sealed partial class StartedCommandsTests
{
    private const string Ready = "Ready";

    // One measurement and no two at a time; the shortest form is one of the documented ones.
    private const string Shortest = "load-tests/performance --shortest";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Hosts =>
        [
            .. DocumentedCommand
                .All.Select(command => command.Text)
                .Where(text =>
                    text.Contains("dotnet run --project ", StringComparison.Ordinal) && !CommandList.IsNotRun(text)
                )
                .Distinct(),
        ];

    [Theory, MemberData(nameof(Hosts))]
    public async Task A_host_starts(string command)
    {
        using var shell = new Shell();
        shell.Replaced["dotnet run "] = "dotnet run --no-build ";
        shell.Replaced["-c Release"] = $"-c {Repository.Configuration}";
        shell.Variables["SECRET"] = "a secret that only the tests know of, long enough";
        shell.Variables["PASSWORD"] = "any";
        var arguments = command.Contains(" -- ", StringComparison.Ordinal) ? "" : " --";
        if (command.Contains("--new-key ", StringComparison.Ordinal))
        {
            var (code, output, tail) = await shell.RunAsync(LongRun.IsOn ? command : Direct(command), Repository.Root);
            Assert.True(code == 0 && output.Any(line => line.Contains("ps_", StringComparison.Ordinal)), tail);
            return;
        }

        await using var redis = command.Contains("Counting.Host", StringComparison.Ordinal)
            ? await RedisServer.StartAsync()
            : null;
        if (redis is not null)
        {
            shell.Replaced["localhost:6379"] = redis.Address;
        }
        await using var postgres = command.Contains("Database=", StringComparison.Ordinal)
            ? await PostgresServer.StartAsync()
            : null;
        if (postgres is not null)
        {
            shell.Replaced[
                command[
                    command.IndexOf("Host=", StringComparison.Ordinal)..command.IndexOf(
                        "\" dotnet",
                        StringComparison.Ordinal
                    )
                ]
            ] = await postgres.CreateDatabaseAsync();
        }
        if (command.Contains("/etc/portal/secrets", StringComparison.Ordinal))
        {
            shell.Replaced["/etc/portal/secrets"] = Directory.CreateDirectory(shell.File("secrets")).FullName;
            await File.WriteAllTextAsync(Path.Combine(shell.File("secrets"), "Mail__Password"), "any", Cancel);
        }

        var isHostOfService = command.Contains(".Host ", StringComparison.Ordinal);
        arguments += string.Concat(
            (isHostOfService ? ["Internal", "Probe"] : (string[])["Public", "Operators", "Probe"]).Select(door =>
                $" --Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"
            )
        );
        if (command.Contains(StandaloneShape.Project, StringComparison.Ordinal))
        {
            arguments += $" --data {shell.File("data")}";
        }
        else if (isHostOfService)
        // There is a broker of the documents' name only by chance.
        {
            arguments += " --ConnectionStrings:rabbitmq=";
        }
        if (command.Contains("--accept-visitor-secret", StringComparison.Ordinal))
        {
            var (code, _, tail) = await shell.RunAsync(Direct(command + arguments), Repository.Root);
            Assert.True(code == 0, tail);
            return;
        }

        if (command.Contains("-- --backup ", StringComparison.Ordinal))
        {
            await BackUpAsync(shell, command, arguments);
            return;
        }
        if (command.Contains("-- --restore ", StringComparison.Ordinal))
        {
            var made = command.Replace("--restore", "--backup", StringComparison.Ordinal);
            await BackUpAsync(shell, made, arguments);
            // Into a folder that is not there.
            var (code, _, tail) = await shell.RunAsync(
                Direct(command + arguments.Replace(shell.File("data"), shell.File("other"), StringComparison.Ordinal)),
                Repository.Root
            );
            Assert.True(code == 0, tail);
            return;
        }

        await shell.StartUntilAsync(
            IsFirstOfItsProject(command) ? command + arguments : Direct(command + arguments),
            Ready
        );
    }

    private static async Task BackUpAsync(Shell shell, string command, string arguments)
    {
        foreach (var folder in (string[])["/srv/backup", "/srv/secrets"])
        {
            shell.Replaced[folder] = shell.File(Path.GetFileName(folder));
        }
        Directory.CreateDirectory(shell.File("backup"));
        await shell.StartUntilAsync(
            Direct(command[..command.IndexOf(" --backup", StringComparison.Ordinal)] + arguments),
            Ready
        );
        var (code, _, tail) = await shell.RunAsync(Direct(command + arguments), Repository.Root);
        Assert.True(code == 0, tail);
    }

    private static bool IsFirstOfItsProject(string command) =>
        Hosts.First(each => ProjectOf(each.Data) == ProjectOf(command)).Data == command
        && (LongRun.IsOn || ProjectOf(command) == StandaloneShape.Project);

    private static string ProjectOf(string command) => Run().Match(command).Groups["project"].Value;

    // What "dotnet run" does once it has found the program; finding it takes seconds, and is shown of Standalone, in a
    // long run of each project.
    private static string Direct(string command) =>
        Run()
            .Replace(
                command.Replace(" -- ", " ", StringComparison.Ordinal),
                match => $"dotnet {Repository.Program(match.Groups["project"].Value)}"
            );

    [Fact]
    public async Task Redis_starts_with_the_settings_that_are_shown()
    {
        using var shell = new Shell();
        var commands = DocumentedCommand
            .All.Where(command => command.Text.StartsWith("redis-server ", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            Directory.CreateDirectory(shell.File("redis"));
            await shell.StartUntilAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{command.Text} --bind 127.0.0.1 --port {Ports.Free()} --dir {shell.File("redis")}"
                ),
                "Ready to accept connections"
            );
        }
    }

    /// <summary>Those that stand in a sentence without their host, in order: a portal of seeds has them all.</summary>
    [Fact]
    public async Task The_hosts_have_the_commands_that_are_named()
    {
        var named = DocumentedCommand
            .All.Select(command => command.Text.Split(' ')[0])
            .Where(word => word.StartsWith("--", StringComparison.Ordinal))
            .ToHashSet();
        Assert.Subset(new HashSet<string> { "--health", "--new-key", "--seed" }, named);
        await using var redis = await RedisServer.StartAsync();
        string[] settings =
        [
            $"--ConnectionStrings:redis={redis.Address}",
            "--ConnectionStrings:rabbitmq=",
            "--Counting:VisitorSecret=a secret that only the tests know of",
        ];
        Assert.Equal(0, (await HostProcess.RunAsync(CountingReplica.Project, [.. settings, "--seed"])).ExitCode);
        string[] doors =
        [
            $"--Kestrel:Endpoints:Internal:Url=http://127.0.0.1:{Ports.Free()}",
            $"--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:{Ports.Free()}",
        ];
        await using (await HostProcess.StartAsync(CountingReplica.Project, [.. settings, .. doors]))
        {
            Assert.Equal(
                0,
                (await HostProcess.RunAsync(CountingReplica.Project, [.. settings, .. doors, "--health"])).ExitCode
            );
        }
        Assert.NotEqual(
            0,
            (await HostProcess.RunAsync(CountingReplica.Project, [.. settings, .. doors, "--health"])).ExitCode
        );
        var words = DocumentedCommand
            .All.First(command => command.Text.StartsWith("--new-key NAME", StringComparison.Ordinal))
            .Text.Split(' ');
        Assert.Equal(0, (await HostProcess.RunAsync(CountingReplica.Project, [.. settings, .. words])).ExitCode);
    }

    [Fact]
    public async Task The_load_test_measures_and_prints_its_table()
    {
        Assert.Contains(DocumentedCommand.All, command => command.Text == Shortest);
        Assert.SkipUnless(Programs.IsInPath("wrk"), "wrk is not installed: the load test was not tried.");
        using var shell = new Shell();
        shell.UseBuilt("load-tests/ViewRate", "load-tests/controls");
        var (code, output, tail) = await shell.RunAsync(Shortest, Repository.Root);
        Assert.True(code == 0, tail);
        Assert.Contains(output, line => line.StartsWith("| **of bare YARP**", StringComparison.Ordinal));
        Assert.Contains(output, line => line.StartsWith("Views answered ", StringComparison.Ordinal));
        // The other forms differ by how long they measure.
        Assert.All(
            DocumentedCommand.All.Where(command =>
                command.Text.StartsWith("load-tests/performance", StringComparison.Ordinal)
            ),
            command =>
                Assert.Matches(
                    @"\Aload-tests/performance( --(quick|shortest|telemetry|all|(starts|rounds|seconds|warm-up) [0-9]+))*\z",
                    command.Text
                )
        );
    }

    [GeneratedRegex(@"dotnet run --project (?<project>\S+) -c Release")]
    private static partial Regex Run();
}
