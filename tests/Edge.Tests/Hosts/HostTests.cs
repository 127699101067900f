using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using PortalServices.Edge.Tests.Proxy;
using PortalServices.OperatorAccess.Keys;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Hosts;

/// <summary>How a process of the product starts, refuses to, and ends.</summary>
public sealed class HostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each by itself, all in one process of the host.</summary>
    [Fact]
    public async Task A_wrong_setting_stops_the_start_with_one_clear_line()
    {
        (string Argument, string Expected)[] wrong =
        [
            ("--Edge:RequestTimeout=soon", "Edge:RequestTimeout: 'soon' is not a duration"),
            ("--Edge:MaxBodyBytes=abc", "Edge:MaxBodyBytes: 'abc' is not a whole number"),
            ("--Edge:MaxBodyBytes=7", "Edge:MaxBodyBytes: "),
            ("--Edge:TrustedProxy=10.0.0.1", "Edge:TrustedProxy: there is no such setting"),
            ("--Edge:TrustedProxies:0=proxy", "Edge:TrustedProxies:0: 'proxy' is not an address block"),
            ("--Gateway:Addresses:0=x", "Gateway:Addresses:0: 'x' is not an address block"),
            ("--Operators:Keys:0:Name=me", "Operators:Keys:0:Hash: "),
            ("--Sites:File=/nowhere/sites.json", "Sites:File: "),
            ("--Kestrel:Endpoints:Public:Url=8080", "Kestrel:Endpoints:Public:Url: '8080' is not an address"),
            ("--Kestrel:Endpoints:Side:Url=http://127.0.0.1:0", "Kestrel:Endpoints:Side: not a door"),
            (
                "--ReverseProxy:Clusters:counting:LoadBalancingPolicy=Best",
                "ReverseProxy:Clusters:counting:LoadBalancingPolicy: 'Best' is not one of FirstAlphabetical, LeastInFlightOfTwo, "
            ),
            ("--Edge:MaxBodyBytes", "--Edge:MaxBodyBytes: a value is missing"),
            ("--nonsense", "--nonsense: unknown argument"),
            ("nonsense", "nonsense: unknown argument"),
        ];
        using var folder = new TemporaryDirectory();
        var runs = await ManyStarts.RunAsync(
            GatewayProcess.Project,
            [.. wrong.Select(each => HostStart.With([.. GatewayProcess.Doors, Sites(folder), each.Argument]))]
        );
        Assert.All(
            wrong.Zip(runs),
            pair =>
            {
                var (each, run) = pair;
                Assert.Equal(1, run.ExitCode);
                Assert.Contains(each.Expected, Assert.Single(run.Errors), StringComparison.Ordinal);
                Assert.DoesNotContain("Ready", run.Output);
            }
        );
    }

    [Fact]
    public async Task All_wrong_settings_are_told_at_once()
    {
        using var folder = new TemporaryDirectory();
        var run = await HostProcess.RunAsync(
            GatewayProcess.Project,
            [
                .. GatewayProcess.Doors,
                Sites(folder),
                "--Edge:MaxBodyBytes=abc",
                "--Edge:Nothing=1",
                "--Gateway:Addresses:0=x",
                "--Kestrel:Endpoints:Side:Url=http://127.0.0.1:0",
            ]
        );
        var line = Assert.Single(run.Errors);
        Assert.All(
            ["Edge:MaxBodyBytes: ", "Edge:Nothing: ", "Gateway:Addresses:0: ", "Kestrel:Endpoints:Side: "],
            key => Assert.Contains(key, line, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}")]
    [InlineData("http://localhost:{0}")]
    public async Task A_door_that_is_taken_is_named(string url)
    {
        using var folder = new TemporaryDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            url,
            ((IPEndPoint)taken.LocalEndpoint).Port
        );
        var run = await HostProcess.RunAsync(
            GatewayProcess.Project,
            [.. GatewayProcess.Doors, Sites(folder), $"--Kestrel:Endpoints:Operators:Url={address}"]
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([$"Kestrel:Endpoints:Operators:Url: {address}: another process has this address"], run.Errors);
        Assert.DoesNotContain("Ready", run.Output);
    }

    [Fact]
    public async Task A_new_key_is_printed_with_the_entry_that_lets_it_in()
    {
        var run = await HostProcess.RunAsync(
            GatewayProcess.Project,
            ["--new-key", "Người trực", "--scopes", "counting.read,content.write", "--sites=sonla"]
        );
        Assert.Equal((0, 2, 0), (run.ExitCode, run.Output.Count, run.Errors.Count));
        var entry = JsonSerializer.Deserialize<JsonElement>(run.Output[1]);
        Assert.Equal(OperatorKey.HashOf(run.Output[0]), entry.GetProperty("hash").GetString());
        Assert.Equal(["name", "hash", "scopes", "sites"], entry.EnumerateObject().Select(member => member.Name));

        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            $"--Operators:Keys:0:Name={entry.GetProperty("name")}",
            $"--Operators:Keys:0:Hash={entry.GetProperty("hash")}",
            "--Operators:Keys:0:Scopes:0=counting.read",
            "--Operators:Keys:0:Sites:0=sonla"
        );
        using var client = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", run.Output[0]) } };
        using var seen = await client.GetAsync(gateway.At("/api/operator/sites/sonla/audit", "Operators"), Cancel);
        Assert.Equal($"Bearer {run.Output[0]}", (await seen.SeenAsync()).Headers["Authorization"]);
        using var refused = await client.PostAsync(
            gateway.At("/api/operator/sites/sonla/baselines", "Operators"),
            null,
            Cancel
        );
        Assert.Equal((403, "operator_scope_missing"), await refused.OutcomeAsync());
    }

    [Fact]
    public async Task A_new_key_without_scopes_is_refused_with_the_usage()
    {
        var run = await HostProcess.RunAsync(GatewayProcess.Project, ["--new-key", "me"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("usage: --new-key", Assert.Single(run.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_tells_whether_the_one_that_runs_is_ready()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        var probe = $"--Kestrel:Endpoints:Probe:Url={gateway.At("/", "Probe").GetLeftPart(UriPartial.Authority)}";
        var ready = await HostProcess.RunAsync(GatewayProcess.Project, ["--health", probe]);
        Assert.Equal(0, ready.ExitCode);
        Assert.Contains("\"status\":\"ready\"", Assert.Single(ready.Output), StringComparison.Ordinal);
        await gateway.Host.KillAsync();
        // Nobody else may have its port meanwhile; who has bound it and does not listen answers nobody.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, gateway.At("/", "Probe").Port));
        var gone = await HostProcess.RunAsync(GatewayProcess.Project, [probe, "--health"]);
        Assert.Equal((1, 1), (gone.ExitCode, gone.Errors.Count));
    }

    [Fact]
    public async Task A_host_that_is_asked_to_end_finishes_what_it_has_begun()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        var waiting = gateway.SendAsync(HttpMethod.Post, "/api/sites/sonla/views?hold", new StringContent("{}"));
        await Eventually.HoldsAsync(() => backend.Reached == 1, "the view arrives", Cancel);
        var ended = gateway.Host.TerminateAsync();
        await Eventually.HoldsAsync(async () => !await IsOpenAsync(gateway.At("/")), "the door is closed", Cancel);
        backend.Release();
        using var reply = await waiting;
        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Equal(0, await ended);
    }

    private static async Task<bool> IsOpenAsync(Uri door)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(door.Host, door.Port, Cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Sites(TemporaryDirectory folder)
    {
        File.WriteAllText(folder.File("sites.json"), TestApp.Sites);
        return $"--Sites:File={folder.File("sites.json")}";
    }
}
