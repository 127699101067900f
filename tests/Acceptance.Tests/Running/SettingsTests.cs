using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Acceptance.Tests.Running;

/// <summary>
/// No setting is ignored in silence: a wrong one stops the start, named by its key and all in one line; a right one
/// does not.
/// </summary>
public sealed partial class SettingsTests(SettingsTests.Refusals refusals)
    : IClassFixture<SettingsTests.Refusals>,
        IDisposable
{
    private readonly Hosts _hosts = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> EveryHost => [.. Hosts.All];

    /// <summary>Standalone has the settings of every service; those have theirs by themselves in a long run.</summary>
    public static TheoryData<string> StartedHosts =>
        [.. Variants.Of([Hosts.Gateway, Hosts.Standalone], [Hosts.Counting, Hosts.Content, Hosts.Feedback])];

    public void Dispose() => _hosts.Dispose();

    [Theory, MemberData(nameof(EveryHost))]
    public async Task Every_wrong_setting_is_named_and_all_of_them_at_once(string host)
    {
        var lines = await refusals.OfAsync(host);
        AssertNamed(WrongSetting.All.Where(each => each.IsOf(host)), lines.OfAll);
    }

    [Fact]
    public async Task Routes_and_clusters_that_do_not_fit_together_are_named()
    {
        var start = Start(WrongSetting.OfReadableProxy);
        var line = await _hosts.RefusalAsync(Hosts.Gateway, start.Arguments, start.Environment);
        AssertNamed(WrongSetting.OfReadableProxy, line);
    }

    [Theory, MemberData(nameof(EveryHost))]
    public async Task A_mistake_by_itself_stops_the_start(string host)
    {
        var wrong = WrongStart.All.Where(each => each.Host == host).ToList();
        var lines = (await refusals.OfAsync(host)).OfEach;
        Assert.Equal(wrong.Count, lines.Count);
        Assert.All(
            wrong.Zip(lines),
            pair =>
            {
                var (each, line) = pair;
                Assert.True(line.StartsWith(each.Line, StringComparison.Ordinal), $"{each}\n{line}");
                Assert.True(!each.HasOneMistake || !line.Contains("; ", StringComparison.Ordinal), $"{each}\n{line}");
            }
        );
    }

    [Theory, MemberData(nameof(EveryHost))]
    public async Task Mistakes_of_all_kinds_are_reported_together(string host)
    {
        var line = (await refusals.OfAsync(host)).OfAllKinds;
        string[] own = host switch
        {
            Hosts.Counting => ["ConnectionStrings:redis", "ConnectionStrings:rabbitmq"],
            Hosts.Content => ["ConnectionStrings:content", "ConnectionStrings:rabbitmq"],
            Hosts.Feedback => ["ConnectionStrings:feedback", "ConnectionStrings:rabbitmq", "Feedback:Holidays"],
            Hosts.Standalone =>
            [
                "ConnectionStrings:content",
                "ConnectionStrings:feedback",
                "ConnectionStrings:rabbitmq",
                "Feedback:Holidays",
            ],
            _ => [],
        };
        Assert.All(
            [
                "Gateway:Addresses:0",
                "Gateway:Adress",
                "Egde:X",
                "Logging:LogLevel:Default",
                "Kestrel:Endpoints:Probe:Url",
                "Sites:File",
                .. own,
            ],
            key => Assert.Contains(key + ": ", line, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(StartedHosts))]
    public async Task Right_settings_are_accepted(string host)
    {
        await using var process = await HostProcess.StartAsync(
            host,
            [
                .. _hosts.Needed(host),
                .. RightSettings.Of(host).Select(setting => $"--{setting}"),
                // The time that is right there is waited for by nobody.
                "--Shutdown:DrainTime=00:00:00",
            ],
            RightSettings.Environment
        );
        Assert.Equal(0, await process.TerminateAsync());
    }

    [Fact]
    public async Task No_other_address_is_listened_at_than_the_doors()
    {
        var port = Ports.Free();
        await using var process = await HostProcess.StartAsync(
            Hosts.Gateway,
            _hosts.Needed(Hosts.Gateway),
            new Dictionary<string, string>
            {
                ["URLS"] = $"http://127.0.0.1:{port}",
                ["HTTP_PORTS"] = $"{port}",
                ["PREFERHOSTINGURLS"] = "true",
            }
        );
        using var client = new HttpClient();
        Assert.Equal(
            200,
            (int)(await client.GetAsync(new Uri(process.Door("Probe"), "/health/live"), Cancel)).StatusCode
        );
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/live"), Cancel)
        );
    }

    [Fact]
    public async Task Every_setting_that_the_documents_name_is_one_of_some_host()
    {
        var named = Directory
            .EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
            .Concat(
                new[] { "deploy", "gateway", "services/Shared" }.Select(folder =>
                    Path.Combine(Repository.Root, folder, "README.md")
                )
            )
            .SelectMany(file =>
                DocumentedSetting().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)
            )
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        Assert.True(named.Count > 20, $"only {named.Count} were found");
        var lines = await Task.WhenAll(
            new[] { Hosts.Gateway, Hosts.Standalone }.Select(host =>
                _hosts.RefusalAsync(host, ["--Egde:X=1", .. named.Select(key => $"--{key}=x")])
            )
        );
        Assert.All(
            named,
            key =>
                Assert.Contains(
                    lines,
                    line =>
                        !line.Contains($"{key}: there is no", StringComparison.OrdinalIgnoreCase)
                        && !line.Contains($"{key}: a setting of another", StringComparison.OrdinalIgnoreCase)
                )
        );
    }

    private static HostStart Start(IReadOnlyCollection<WrongSetting> wrong) =>
        new(
            [.. wrong.Where(each => !each.OfEnvironment).Select(each => $"--{each.Setting}")],
            wrong
                .Where(each => each.OfEnvironment)
                .ToDictionary(
                    each => each.Setting.Split('=')[0].Replace(":", "__", StringComparison.Ordinal),
                    each => each.Setting.Split('=', 2)[1]
                )
        );

    private static void AssertNamed(IEnumerable<WrongSetting> wrong, string line) =>
        Assert.Empty(
            wrong.Where(each => !line.Contains($"{each.Key}: ", StringComparison.Ordinal)).Select(each => each.Setting)
        );

    // Written as code, with a section of the product; what is left open, by * or a dash, is no key.
    [GeneratedRegex(
        @"`(?:--)?((?:Sites|Seeds|ConnectionStrings|Messaging|Counting|Connections|Feedback|CachedReads|Captcha|Mail|Frames|Secrets|Edge|Gateway|Operators|Kestrel|Store|Data|ReverseProxy)(?::[A-Za-z0-9]+)+)[`=]"
    )]
    private static partial Regex DocumentedSetting();

    /// <summary>
    /// The starts that are refused, those of a host in one process of it; that a process of its own ends with code 1 and
    /// the one line, other tests show.
    /// </summary>
    public sealed class Refusals : IDisposable
    {
        private readonly Hosts _hosts = new();
        private readonly ConcurrentDictionary<
            string,
            Lazy<Task<(string OfAll, string OfAllKinds, IReadOnlyList<string> OfEach)>>
        > _lines = new();

        /// <summary>
        /// The lines on which a host is refused: with all wrong settings, with mistakes of all kinds, and with each
        /// mistake by itself.
        /// </summary>
        public Task<(string OfAll, string OfAllKinds, IReadOnlyList<string> OfEach)> OfAsync(string host) =>
            _lines.GetOrAdd(host, each => new(() => RunAsync(each))).Value;

        public void Dispose() => _hosts.Dispose();

        private async Task<(string OfAll, string OfAllKinds, IReadOnlyList<string> OfEach)> RunAsync(string host)
        {
            var sites = _hosts.File("wrong-sites.json");
            await File.WriteAllTextAsync(sites, """{"sites":[{"id":"site\n","name":"Site"}]}""", Cancel);
            var lines = await _hosts.RefusalsAsync(
                host,
                [
                    Start([.. WrongSetting.All.Where(each => each.IsOf(host))]),
                    HostStart.With(
                        $"--Sites:File={sites}",
                        "--Gateway:Addresses:0=x",
                        "--Gateway:Adress=x",
                        "--Egde:X=1",
                        "--Logging:LogLevel:Default=Loud",
                        "--ConnectionStrings:redis=",
                        "--ConnectionStrings:rabbitmq=hunter2",
                        "--ConnectionStrings:content=Data Source=/nowhere/x.db",
                        "--ConnectionStrings:feedback=hunter2",
                        "--Feedback:Holidays=/nowhere",
                        "--Kestrel:Endpoints:Probe:Url=http://0:8081"
                    ),
                    .. WrongStart
                        .All.Where(each => each.Host == host)
                        .Select(each => new HostStart(each.Arguments, each.Environment)),
                ]
            );
            return (lines[0], lines[1], [.. lines.Skip(2)]);
        }
    }
}
