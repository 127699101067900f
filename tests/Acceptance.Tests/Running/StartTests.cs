using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Running;

/// <summary>
/// A host that can't start as it is told says why in one line that names the setting or the file, and ends with code 1.
/// </summary>
public sealed class StartTests : IDisposable
{
    private const string Secret = "--Counting:VisitorSecret=a secret that only the tests know of, long enough";
    private const string NoStore = "--ConnectionStrings:redis=127.0.0.1:1";
    private const string NoDatabase = "--ConnectionStrings:content=Host=127.0.0.1;Port=1";
    private const string NoBroker = "--ConnectionStrings:rabbitmq=";

    // Part of a setting that is never repeated.
    private const string Password = "hunter2";

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static readonly (string Project, string Setting, string[] Arguments)[] Wrong =
    [
        (CountingReplica.Project, "Counting:VisitorSecret", [NoStore]),
        (CountingReplica.Project, "Counting:VisitorSecret", [NoStore, "--Counting:VisitorSecret=short"]),
        (CountingReplica.Project, "ConnectionStrings:redis", [Secret, "--ConnectionStrings:redis="]),
        (CountingReplica.Project, "Counting:WaitingViews", [NoStore, Secret, "--Counting:WaitingViews=many"]),
        (
            CountingReplica.Project,
            "Counting:ViewIdGeneration",
            [NoStore, Secret, "--Counting:ViewIdGeneration=00:00:00"]
        ),
        (CountingReplica.Project, "Gateway:Addresses", [NoStore, Secret, "--Gateway:Addresses:0=everybody"]),
        (ContentReplica.Project, "ConnectionStrings:content", [NoBroker, "--ConnectionStrings:content="]),
        (
            ContentReplica.Project,
            "ConnectionStrings:content",
            [NoBroker, "--ConnectionStrings:content=Username=portal;Password=" + Password]
        ),
        (
            ContentReplica.Project,
            "ConnectionStrings:content",
            [NoBroker, "--ConnectionStrings:content=Host=127.0.0.1;Port=" + Password]
        ),
        (
            ContentReplica.Project,
            "ConnectionStrings:rabbitmq",
            [NoDatabase, "--ConnectionStrings:rabbitmq=portal:" + Password]
        ),
        (ContentReplica.Project, "Messaging:MaxWaiting", [NoBroker, NoDatabase, "--Messaging:MaxWaiting=0"]),
        (ServicesShape.Project, "Edge:TrustedProxies", ["--Edge:TrustedProxies:0=everybody"]),
        (ServicesShape.Project, "Operators:Keys", ["--Operators:Keys:0:Name=somebody"]),
        (StandaloneShape.Project, "Counting:AnswerWithin", ["--Counting:AnswerWithin=soon"]),
    ];

    /// <summary>Each by itself, all in one process of the host.</summary>
    [Theory]
    [InlineData(CountingReplica.Project)]
    [InlineData(ContentReplica.Project)]
    [InlineData(ServicesShape.Project)]
    [InlineData(StandaloneShape.Project)]
    public async Task A_wrong_setting_is_named_and_a_wrong_site_file(string project)
    {
        var sites = Seeds("wrong/sites.json");
        Directory.CreateDirectory(Path.GetDirectoryName(sites)!);
        await File.WriteAllTextAsync(
            sites,
            JsonSerializer.Serialize(new { sites = new[] { new { id = "site", zone = "Moon/Sea" } } }),
            Cancel
        );
        (string Named, string[] Arguments)[] wrong =
        [
            .. Wrong.Where(each => each.Project == project).Select(each => (each.Setting, each.Arguments)),
            ("sites.json", [.. Needed(project), $"--Seeds:Directory={Path.GetDirectoryName(sites)}"]),
        ];
        var runs = await ManyStarts.RunAsync(
            project,
            [.. wrong.Select((each, i) => HostStart.With(Arguments(project, each.Arguments, $"data-{i}")))]
        );
        Assert.All(wrong.Zip(runs), pair => AssertRefused(pair.First.Named, pair.Second));
    }

    [Theory]
    [InlineData(CountingReplica.Project)]
    [InlineData(CountingReplica.Project, "--seed")]
    [InlineData(ContentReplica.Project)]
    [InlineData(ContentReplica.Project, "--seed")]
    [InlineData(StandaloneShape.Project)]
    public async Task A_runtime_that_does_without_the_data_of_Unicode_is_refused(
        string project,
        params string[] arguments
    ) =>
        AssertRefused(
            "ICU",
            await RunAsync(
                project,
                [.. Needed(project), .. arguments],
                new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }
            )
        );

    [Theory, Rows]
    [UsualRow(CountingReplica.Project, "Internal")]
    [LongRow(ContentReplica.Project, "Internal")]
    [LongRow(ServicesShape.Project, "Public")]
    [UsualRow(StandaloneShape.Project, "Public")]
    public async Task A_port_in_use_is_named(string project, string door)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var run = await RunAsync(
            project,
            [.. Needed(project), $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:{port}"]
        );
        AssertRefused($"{port}", run);
    }

    [Fact]
    public async Task Loading_the_seeds_again_changes_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        var site = new SiteEntry("site").WithBaseline(1_000, 100, 10).WithBaseline(477, 0, 0, "/a");
        await using var replica = CountingReplica.Prepare(redis.Address, _folder.Path, [site]);
        for (var time = 0; time < 2; time++)
        {
            var run = await replica.RunToEndAsync("--seed");
            Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        }
        await replica.StartAsync();

        var stats = (await replica.Internal.StatsAsync("site", Cancel, "/a")).Stats;
        Assert.Equal(
            (1_000, 100, 10, 477),
            (stats.Views.Total, stats.Views.Week, stats.Views.Today, stats.Page!.Views.Total)
        );
    }

    private static string[] Needed(string project) =>
        project switch
        {
            CountingReplica.Project => [NoStore, Secret],
            ContentReplica.Project => [NoDatabase, NoBroker],
            _ => [],
        };

    private Task<HostRun> RunAsync(
        string project,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null
    ) => HostProcess.RunAsync(project, Arguments(project, arguments), environment);

    private string[] Arguments(string project, string[] arguments, string folder = "data")
    {
        if (!File.Exists(Seeds("sites.json")))
        {
            File.WriteAllText(
                Seeds("sites.json"),
                """{"sites":[{"id":"site","name":"Site","zone":"Asia/Ho_Chi_Minh"}]}"""
            );
        }
        string[] doors = project is CountingReplica.Project or ContentReplica.Project
            ? ["Internal", "Probe"]
            : ["Public", "Operators", "Probe"];
        string[] data = project == StandaloneShape.Project ? ["--data", _folder.File(folder)] : [];
        return
        [
            .. data,
            $"--Seeds:Directory={_folder.Path}",
            .. doors.Select(door => $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"),
            .. arguments,
        ];
    }

    private string Seeds(string name) => _folder.File(name);

    private static void AssertRefused(string named, HostRun run)
    {
        Assert.Equal(1, run.ExitCode);
        var line = Assert.Single(run.Errors);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, line + string.Concat(run.Output), StringComparison.Ordinal);
    }
}
