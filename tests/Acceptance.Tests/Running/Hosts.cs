using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Running;

/// <summary>Every program of the product, with the settings that it needs to start by itself.</summary>
internal sealed class Hosts : IDisposable
{
    public const string Gateway = ServicesShape.Project;
    public const string Standalone = StandaloneShape.Project;
    public const string Counting = CountingReplica.Project;
    public const string Content = ContentReplica.Project;
    public const string Feedback = FeedbackReplica.Project;

    public static readonly IReadOnlyList<string> All = [Gateway, Standalone, Counting, Content, Feedback];

    private readonly TemporaryDirectory _folder = new();

    public Hosts() =>
        System.IO.File.WriteAllText(Sites, """{"sites":[{"id":"site","name":"Site","zone":"Asia/Ho_Chi_Minh"}]}""");

    public string Sites => File("sites.json");

    public string File(string name) => _folder.File(name);

    public void Dispose() => _folder.Dispose();

    /// <summary>The doors that its appsettings.json has.</summary>
    public static string[] DoorsOf(string host) =>
        host is Gateway or Standalone ? ["Public", "Operators", "Probe"] : ["Internal", "Probe"];

    /// <summary>With the stores away, every door at a port of the system's choice.</summary>
    public string[] Needed(string host, string data = "data") =>
        [
            $"--Sites:File={Sites}",
            .. DoorsOf(host).Select(door => $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"),
            .. host switch
            {
                Counting =>
                [
                    "--ConnectionStrings:redis=127.0.0.1:1",
                    "--ConnectionStrings:rabbitmq=",
                    "--Counting:VisitorSecret=a secret of the tests, 32 characters and more",
                ],
                Content => ["--ConnectionStrings:content=Host=127.0.0.1;Port=1", "--ConnectionStrings:rabbitmq="],
                Feedback => ["--ConnectionStrings:feedback=Host=127.0.0.1;Port=1", "--ConnectionStrings:rabbitmq="],
                Standalone => new[] { "--data", File(data) },
                _ => [],
            },
        ];

    /// <summary>The one line on which a start is refused.</summary>
    public async Task<string> RefusalAsync(
        string host,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var run = await HostProcess.RunAsync(host, [.. Needed(host), .. arguments], environment);
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("Ready", run.Output);
        return Assert.Single(run.Errors);
    }

    /// <summary>
    /// The one line on which each of several starts is refused, all in one process and in their order; none sees the
    /// data of another one.
    /// </summary>
    public async Task<IReadOnlyList<string>> RefusalsAsync(string host, IReadOnlyList<HostStart> starts)
    {
        var runs = await ManyStarts.RunAsync(
            host,
            [
                .. starts.Select(
                    (start, i) => start with { Arguments = [.. Needed(host, $"data-{i}"), .. start.Arguments] }
                ),
            ]
        );
        return
        [
            .. runs.Zip(
                starts,
                (run, start) =>
                {
                    Assert.True(
                        run is { ExitCode: 1, Errors.Count: 1 } && !run.Output.Contains("Ready"),
                        $"{string.Join(' ', start.Arguments)}\n{run.ExitCode}\n{string.Join('\n', run.Output.Concat(run.Errors))}"
                    );
                    return run.Errors[0];
                }
            ),
        ];
    }
}
