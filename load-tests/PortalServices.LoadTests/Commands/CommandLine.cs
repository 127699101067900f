using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PortalServices.LoadTests.Calibrate;
using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Local;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Runs;
using PortalServices.LoadTests.Verify;
using Spectre.Console;

namespace PortalServices.LoadTests.Commands;

/// <summary>The commands of the tool.</summary>
internal static class CommandLine
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Runs the tool; returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, ILoadDriver? driver = null)
    {
        using var interrupts = new Interrupts();
        if (Console.IsOutputRedirected)
        {
            // A file has no width: tables are not to be broken for one.
            AnsiConsole.Profile.Width = 200;
        }
        var parsed = Root(interrupts, driver).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await FailAsync(new ToolException(ErrorCode.InvalidOption, error.Message));
            }
            return ExitCode.ToolFailed;
        }
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
            );
        }
        catch (ToolException failure)
        {
            return await FailAsync(failure);
        }
        catch (OperationCanceledException) when (interrupts.Stopping.IsCancellationRequested)
        {
            return await FailAsync(new ToolException(ErrorCode.InvalidOption, "interrupted before anything was sent"));
        }
    }

    private static RootCommand Root(Interrupts interrupts, ILoadDriver? driver)
    {
        var root = new RootCommand(
            """
            Load tests of a portal that prove the counting. Exit codes: 0 valid, 1 invalid (a view was lost or doubled), 2 unknown (something could not be decided), 3 a threshold was missed, 4 the tool failed.
            """
        );
        var targets = Targets();
        var options = new RunOptions();
        options.AddTo(root);
        root.Options.Add(targets);
        root.SetAction(
            (parsed, _) =>
            {
                var doors = Doors(parsed.GetValue(targets)!);
                var plan = options.Plan(parsed, doors, [LocalSeeds.LoadTestSite], [], Time);
                return RunAsync(parsed, options, plan with { Driver = driver }, interrupts);
            }
        );
        root.Subcommands.Add(LocalCommand(interrupts, driver));
        root.Subcommands.Add(VerifyCommand(interrupts));
        root.Subcommands.Add(CompareCommand());
        root.Subcommands.Add(CalibrateCommand(interrupts));
        root.Subcommands.Add(NoOpCommand(interrupts));
        return root;
    }

    private static Command LocalCommand(Interrupts interrupts, ILoadDriver? driver)
    {
        var command = new Command(
            "local",
            "starts the whole suite on this machine, with a Redis, RabbitMQ and PostgreSQL of its own, and runs a scenario against it"
        );
        var options = new RunOptions();
        options.AddTo(command);
        var sites = new Option<int>("--sites")
        {
            Description = "sites for load tests that it has",
            DefaultValueFactory = _ => 4,
        };
        var fsync = new Option<string>("--fsync")
        {
            Description = "when Redis writes to its disk: always, as shipped, or everysec",
            DefaultValueFactory = _ => "always",
        }.AcceptOnlyFromAmong("always", "everysec");
        var cluster = new Option<bool>("--cluster")
        {
            Description =
                "a Redis Cluster, three primaries with a replica each, instead of one Redis; --chaos then promotes replicas and moves slots, too",
        };
        var rolling = new Option<bool>("--rolling")
        {
            Description =
                "with --chaos: parts are asked to end and drain (SIGTERM) instead of being killed, each service and then the gateway",
        };
        command.Options.Add(sites);
        command.Options.Add(fsync);
        command.Options.Add(cluster);
        command.Options.Add(rolling);
        var only = new Option<string[]>("--part")
        {
            Description =
                "with --chaos: this part alone (repeatable), as the report names it; counting stands for counting-1 and counting-2. With --cluster: redis (a primary dies and is started again), failover (its replica takes its place), lagging-failover (the same with one that lacks the last views; only where it is named), slot (one is moved)",
        }.AcceptOnlyFromAmong([.. LocalSuite.PartNames]);
        command.Options.Add(only);
        command.SetAction(
            async (parsed, _) =>
            {
                var count = parsed.GetValue(sites);
                if (count is < 1 or > 100)
                {
                    throw RunOptions.Invalid("--sites: 1 to 100");
                }
                // A wrong option is told before minutes are spent.
                options.Plan(parsed, [new Uri("http://127.0.0.1/")], [], [NoPart], Time);
                await Console.Error.WriteLineAsync(
                    "Starting Redis, RabbitMQ, PostgreSQL, the gateway and two of each service …"
                );
                await using var suite = await LocalSuite.StartAsync(
                    count,
                    parsed.GetValue(fsync)!,
                    parsed.GetValue(cluster)
                );
                var parts = parsed.GetValue(rolling)
                    ? LocalSuite.Only(suite.RollingParts, [], parsed.GetValue(only)!)
                    : LocalSuite.Only(suite.Parts, suite.NamedParts, parsed.GetValue(only)!);
                var plan = options.Plan(parsed, [suite.Target], suite.Sites, parts, Time);
                return await RunAsync(
                    parsed,
                    options,
                    plan with
                    {
                        ReadSites = plan.ReadSites == suite.Sites ? [LocalSuite.ContentSite] : plan.ReadSites,
                        Ledger = suite.Ledger,
                        Driver = driver,
                        Processes = () => suite.Processes,
                    },
                    interrupts
                );
            }
        );
        return command;
    }

    private static readonly Chaos.OwnPart NoPart = new("none", () => Task.CompletedTask, () => Task.CompletedTask);

    private static Command VerifyCommand(Interrupts interrupts)
    {
        var command = new Command("verify", "checks the history of a run again, also of one that died");
        var file = new Argument<string>("history") { Description = "the file" };
        var targets = Targets();
        var readOnly = new Option<bool>("--read-only") { Description = "send no view again: what is unknown stays so" };
        var resolveFor = RunOptions.Duration("--resolve-for", "how long unknown views are sent again", "60s");
        var settleFor = RunOptions.Duration(
            "--settle-for",
            "how long targets may take to show what they acknowledged",
            "30s"
        );
        command.Arguments.Add(file);
        foreach (var option in (Option[])[targets, readOnly, resolveFor, settleFor])
        {
            command.Options.Add(option);
        }
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(file)!;
                var header = HistoryFile.ReadHeader(path);
                var doors = parsed.GetValue(targets) is { Length: > 0 } named ? Doors(named) : header.Targets;
                var found = await new Verifier(
                    new VerifierLimits(parsed.GetValue(resolveFor), parsed.GetValue(settleFor)),
                    Time
                ).VerifyAsync(path, doors, !parsed.GetValue(readOnly), null, needsFaults: false, interrupts.Stopping);
                TextReport.Write(found, Console.WriteLine);
                Console.WriteLine(TextReport.Closing(found));
                return found.ExitCode;
            }
        );
        return command;
    }

    private static Command CompareCommand()
    {
        var command = new Command("compare", "shows two reports side by side");
        var (a, b) = (new Argument<string>("A.json"), new Argument<string>("B.json"));
        command.Arguments.Add(a);
        command.Arguments.Add(b);
        command.SetAction(parsed =>
        {
            Comparison.Write(
                ReportFiles.Read(parsed.GetValue(a)!),
                ReportFiles.Read(parsed.GetValue(b)!),
                AnsiConsole.Console
            );
            return ExitCode.Valid;
        });
        return command;
    }

    private static Command CalibrateCommand(Interrupts interrupts)
    {
        var command = new Command(
            "calibrate",
            "measures what the generator itself can do, against an endpoint that does nothing"
        );
        var duration = RunOptions.Duration("--duration", "how long each rate is tried", "5s");
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 64 };
        var json = new Option<string?>("--json") { Description = "write the result to this file" };
        command.Options.Add(duration);
        command.Options.Add(connections);
        command.Options.Add(json);
        command.SetAction(
            async (parsed, _) =>
            {
                if (parsed.GetValue(connections) is < 1 or > 10_000)
                {
                    throw RunOptions.Invalid("--connections: 1 to 10000");
                }
                var result = await new Calibration(Time).RunAsync(
                    parsed.GetValue(duration),
                    parsed.GetValue(connections),
                    interrupts.Stopping
                );
                Calibration.Write(result, AnsiConsole.Console);
                if (parsed.GetValue(json) is { } path)
                {
                    ReportFiles.Write(path, JsonSerializer.Serialize(result, RunReport.Json) + "\n");
                }
                return ExitCode.Valid;
            }
        );
        return command;
    }

    private static Command NoOpCommand(Interrupts interrupts)
    {
        var command = new Command("no-op", "the endpoint of calibrate") { Hidden = true };
        var port = new Argument<int>("port");
        command.Arguments.Add(port);
        command.SetAction(
            async (parsed, _) =>
            {
                await NoOpEndpoint.RunAsync(parsed.GetValue(port), interrupts.Stopping);
                return ExitCode.Valid;
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RunOptions options, RunPlan plan, Interrupts interrupts)
    {
        ILiveView view =
            AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
                ? new TableView(AnsiConsole.Console, Time)
                : new LineView(Console.Error);
        var report = await new Run(plan, view, Time).RunAsync(interrupts.Stopping, interrupts.GivingUp);
        TextReport.Write(report, AnsiConsole.Console);
        var (json, html) = options.Reports(parsed);
        try
        {
            ReportFiles.Write(report, json, html);
        }
        catch (ToolException failure) when (report.ExitCode == ExitCode.Invalid)
        {
            // What was found stands, whether or not there is room for a report.
            await FailAsync(failure);
        }
        return report.ExitCode;
    }

    private static Option<string[]> Targets() =>
        new("--target")
        {
            Description =
                "a public door, like http://localhost:8080 (repeatable: requests take turns, and every one is asked what was counted)",
        };

    private static IReadOnlyList<Uri> Doors(string[] texts)
    {
        if (texts.Length == 0)
        {
            throw RunOptions.Invalid("--target is required");
        }
        return
        [
            .. texts.Select(text =>
                Uri.TryCreate(text, UriKind.Absolute, out var door)
                && door is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" }
                    ? door
                    : throw RunOptions.Invalid($"--target: '{text}' is not a door like http://localhost:8080")
            ),
        ];
    }

    private static async Task<int> FailAsync(ToolException failure)
    {
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"error {failure.Code}: {failure.Message}")
        );
        return ExitCode.ToolFailed;
    }
}
