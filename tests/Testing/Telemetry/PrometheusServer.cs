using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Telemetry;

/// <summary>
/// A Prometheus on loopback with the configuration that is shipped, but other targets, and looking every second.
/// </summary>
public sealed partial class PrometheusServer : IAsyncDisposable
{
    /// <summary>The folder of the configuration and the rules.</summary>
    public static readonly string Shipped = Path.Combine(Repository.Root, "deploy/prometheus");

    private readonly TemporaryDirectory _folder;
    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private PrometheusServer(TemporaryDirectory folder, ChildProcess process, HttpClient client) =>
        (_folder, _process, _client) = (folder, process, client);

    /// <summary>Starts one that scrapes the doors, by job.</summary>
    /// <exception cref="InvalidOperationException">The shipped configuration has other jobs than those given.</exception>
    public static async Task<PrometheusServer> StartAsync(IReadOnlyDictionary<string, IEnumerable<Uri>> targets)
    {
        var (folder, port) = (new TemporaryDirectory(), Ports.Free());
        foreach (var rules in Directory.GetFiles(Shipped, "*.yml"))
        {
            File.Copy(rules, folder.File(Path.GetFileName(rules)));
        }
        var known = 0;
        var configuration = Job()
            .Replace(
                File.ReadAllText(folder.File("prometheus.yml")).Replace(" 15s", " 1s", StringComparison.Ordinal),
                job =>
                {
                    known++;
                    var doors = targets[job.Groups["job"].Value].Select(door => $"\"{door.Authority}\"");
                    return $"{job.Groups["head"].Value}[{string.Join(", ", doors)}]";
                }
            );
        if (known != targets.Count)
        {
            throw new InvalidOperationException($"{known} jobs are configured, {targets.Count} are there.");
        }
        await File.WriteAllTextAsync(folder.File("prometheus.yml"), configuration);
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var process = await ChildProcess.StartAsync(
            Programs.InPath("prometheus"),
            [
                $"--config.file={folder.File("prometheus.yml")}",
                $"--storage.tsdb.path={folder.File("data")}",
                $"--web.listen-address={address}",
            ]
        );
        var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        return new PrometheusServer(folder, process, client);
    }

    /// <summary>Whether a selector of the query language finds any series.</summary>
    public async Task<bool> FindsAsync(string selector, CancellationToken cancel) =>
        (await AskAsync($"/api/v1/series?match[]={Uri.EscapeDataString(selector)}", cancel))?.GetArrayLength() > 0;

    /// <summary>Rules that it cannot evaluate, each with its error.</summary>
    public async Task<IReadOnlyList<string>> FailingRulesAsync(CancellationToken cancel) =>
        (await AskAsync("/api/v1/rules", cancel)) is { } answer
            ?
            [
                .. answer
                    .GetProperty("groups")
                    .EnumerateArray()
                    .SelectMany(group => group.GetProperty("rules").EnumerateArray())
                    .Where(rule => rule.GetProperty("health").GetString() == "err")
                    .Select(rule => rule.GetRawText()),
            ]
            : [];

    /// <summary>Health of the targets: <c>up</c>, <c>down</c> or <c>unknown</c>.</summary>
    public async Task<IReadOnlyList<string>> TargetsAsync(CancellationToken cancel) =>
        (await AskAsync("/api/v1/targets", cancel)) is { } answer
            ?
            [
                .. answer
                    .GetProperty("activeTargets")
                    .EnumerateArray()
                    .Select(target => target.GetProperty("health").GetString()!),
            ]
            : [];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    // Null while it is not there yet.
    private async Task<JsonElement?> AskAsync(string path, CancellationToken cancel)
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"Prometheus ended:\n{_process.Tail()}");
        }
        try
        {
            var answer = await _client.GetStringAsync(new Uri(path, UriKind.Relative), cancel);
            return JsonDocument.Parse(answer).RootElement.GetProperty("data");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"(?<head>job_name: (?<job>\w+)\s+static_configs:\s+- targets: )\[[^\]]*\]")]
    private static partial Regex Job();
}
