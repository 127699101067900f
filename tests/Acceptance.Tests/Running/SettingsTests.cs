using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Acceptance.Tests.Running;

/// <summary>
/// No setting is ignored in silence: a wrong one stops the start, named by its key and all in one line; a right one
/// does not.
/// </summary>
public sealed partial class SettingsTests : IDisposable
{
    private readonly Hosts _hosts = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> EveryHost => [.. Hosts.All];

    public void Dispose() => _hosts.Dispose();

    [Theory, MemberData(nameof(EveryHost))]
    public async Task Every_wrong_setting_is_named_and_all_of_them_at_once(string host)
    {
        var wrong = WrongSetting.All.Where(each => each.IsOf(host)).ToList();
        var line = await RefusalAsync(host, wrong);
        AssertNamed(wrong, line);
    }

    [Fact]
    public async Task Routes_and_clusters_that_do_not_fit_together_are_named()
    {
        var line = await RefusalAsync(Hosts.Gateway, WrongSetting.OfReadableProxy);
        AssertNamed(WrongSetting.OfReadableProxy, line);
    }

    // One of each kind by itself: that it is named beside others does not show that it stops the start.
    [Theory]
    [InlineData(Hosts.Gateway, "Egde:X=1", "Egde:X: ")]
    [InlineData(Hosts.Gateway, "Edge:TrustedProxies=10.0.0.0/8", "Edge:TrustedProxies: ")]
    [InlineData(
        Hosts.Gateway,
        "ReverseProxy:Clusters:counting:Destinations:r1:Adress=x",
        "ReverseProxy:Clusters:counting:Destinations:r1:Adress: "
    )]
    [InlineData(
        Hosts.Gateway,
        "ReverseProxy:Clusters:cuonting:Destinations:r1:Address=http://localhost:1",
        "ReverseProxy:Clusters:cuonting: "
    )]
    [InlineData(
        Hosts.Gateway,
        "Kestrel:Endpoints:Operators:Url=http://127.0.0.l:8081",
        "Kestrel:Endpoints:Operators:Url: "
    )]
    [InlineData(
        Hosts.Standalone,
        "Kestrel:Endpoints:Operators:Url=http://127.0.0.l:8081",
        "Kestrel:Endpoints:Operators:Url: "
    )]
    [InlineData(Hosts.Standalone, "Mail:Operators:0:Sits:0=site", "Mail:Operators:0:Sits:0: ")]
    [InlineData(
        Hosts.Standalone,
        "Kestrel:Limits:MaxConcurrentConnections=5",
        "Kestrel:Limits:MaxConcurrentConnections: "
    )]
    [InlineData(
        Hosts.Counting,
        "Kestrel:Endpoints:Internal:Url=http://127.0.0.l:8081",
        "Kestrel:Endpoints:Internal:Url: "
    )]
    [InlineData(Hosts.Counting, "Logging:LogLevel:Default=Loud", "Logging:LogLevel:Default: ")]
    [InlineData(Hosts.Counting, "Sites:File=", "Sites:File: ")]
    [InlineData(
        Hosts.Content,
        "Kestrel:Endpoints:Internal:Url=http://192.0.2.1:8100",
        "Kestrel:Endpoints:Internal:Url: "
    )]
    [InlineData(
        Hosts.Content,
        "ConnectionStrings:content=Data Source=/nowhere/content.db",
        "ConnectionStrings:content: "
    )]
    [InlineData(Hosts.Content, "ConnectionStrings:redsi=x", "ConnectionStrings:redsi: ")]
    [InlineData(Hosts.Content, "Seeds:Directory=", "Seeds:Directory: ")]
    [InlineData(
        Hosts.Feedback,
        "Kestrel:Endpoints:Internal:Url=https://127.0.0.1:0",
        "Kestrel:Endpoints:Internal:Certificate:Path: "
    )]
    [InlineData(Hosts.Feedback, "Kestrel:Endpoints:Probe:Url=http://127.0.0.1:99999", "Kestrel:Endpoints:Probe:Url: ")]
    [InlineData(Hosts.Feedback, "Kestrel:Endpoints:Internal:Protocols=Http9", "Kestrel:Endpoints:Internal:Protocols: ")]
    [InlineData(Hosts.Feedback, "Mail:Security=7", "Mail:Security: ")]
    public async Task A_wrong_setting_alone_stops_the_start(string host, string setting, string named) =>
        Assert.StartsWith(named, await _hosts.RefusalAsync(host, [$"--{setting}"]), StringComparison.Ordinal);

    [Theory, MemberData(nameof(EveryHost))]
    public async Task A_misspelt_section_in_the_environment_stops_the_start(string host) =>
        Assert.StartsWith(
            "Egde:X: ",
            await _hosts.RefusalAsync(host, [], new Dictionary<string, string> { ["Egde__X"] = "1" }),
            StringComparison.Ordinal
        );

    [Theory, MemberData(nameof(EveryHost))]
    public async Task Mistakes_of_all_kinds_are_reported_together(string host)
    {
        await File.WriteAllTextAsync(_hosts.Sites, """{"sites":[{"id":"site\n","name":"Site"}]}""", Cancel);
        var line = await _hosts.RefusalAsync(
            host,
            [
                "--Gateway:Addresses:0=x",
                "--Gateway:Adress=x",
                "--Egde:X=1",
                "--Logging:LogLevel:Default=Loud",
                "--ConnectionStrings:redis=",
                "--ConnectionStrings:rabbitmq=hunter2",
                "--ConnectionStrings:content=Data Source=/nowhere/x.db",
                "--ConnectionStrings:feedback=hunter2",
                "--Feedback:Holidays=/nowhere",
                "--Kestrel:Endpoints:Probe:Url=http://0:8081",
            ]
        );
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

    [Theory]
    [InlineData(Hosts.Counting, "extra: --seed takes no arguments", "--seed", "extra")]
    [InlineData(Hosts.Content, "extra: --seed takes no arguments", "--seed", "extra")]
    [InlineData(Hosts.Content, "--seed: given twice", "--seed", "--seed")]
    [InlineData(Hosts.Feedback, "extra: --health takes no arguments", "--health", "extra")]
    [InlineData(Hosts.Gateway, "--health: given twice", "--health", "--health")]
    [InlineData(Hosts.Standalone, "--new-key: given twice", "--new-key", "me", "--new-key", "you")]
    [InlineData(
        Hosts.Gateway,
        "--sites: given twice",
        "--new-key",
        "me",
        "--scopes",
        "admin",
        "--sites",
        "a",
        "--sites",
        "*"
    )]
    [InlineData(Hosts.Counting, "Egde:X: there is no such section", "--seed", "--Egde:X=1")]
    [InlineData(Hosts.Content, "Seeds:Directry: there is no such setting", "--seed", "--Seeds:Directry=x")]
    public async Task A_command_with_more_than_it_takes_does_nothing(
        string host,
        string expected,
        params string[] arguments
    ) => Assert.Contains(expected, await _hosts.RefusalAsync(host, arguments), StringComparison.Ordinal);

    [Theory, MemberData(nameof(EveryHost))]
    public async Task Right_settings_are_accepted(string host)
    {
        await using var process = await HostProcess.StartAsync(
            host,
            [.. _hosts.Needed(host), .. RightSettings.Of(host).Select(setting => $"--{setting}")],
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

    private Task<string> RefusalAsync(string host, IReadOnlyCollection<WrongSetting> wrong) =>
        _hosts.RefusalAsync(
            host,
            wrong.Where(each => !each.OfEnvironment).Select(each => $"--{each.Setting}"),
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
        @"`(?:--)?((?:Sites|Seeds|ConnectionStrings|Messaging|Counting|Connections|Feedback|Captcha|Mail|Packs|Secrets|Edge|Gateway|Operators|Kestrel|Store|Data|ReverseProxy)(?::[A-Za-z0-9]+)+)[`=]"
    )]
    private static partial Regex DocumentedSetting();
}
