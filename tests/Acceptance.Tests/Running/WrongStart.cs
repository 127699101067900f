namespace PortalServices.Acceptance.Tests.Running;

/// <summary>A start with one mistake, which is refused for it.</summary>
/// <param name="Host">The host that refuses it.</param>
/// <param name="Line">How the line begins on which it does.</param>
/// <param name="Arguments">What is wrong, beside the settings that the host needs.</param>
internal sealed record WrongStart(string Host, string Line, params string[] Arguments)
{
    /// <summary>One of each kind: that it is named beside others does not show that it stops the start.</summary>
    public static readonly IReadOnlyList<WrongStart> All =
    [
        Setting(Hosts.Gateway, "Egde:X=1"),
        Setting(Hosts.Gateway, "Edge:TrustedProxies=10.0.0.0/8"),
        Setting(Hosts.Gateway, "ReverseProxy:Clusters:counting:Destinations:r1:Adress=x"),
        new(
            Hosts.Gateway,
            "ReverseProxy:Clusters:cuonting: ",
            "--ReverseProxy:Clusters:cuonting:Destinations:r1:Address=http://localhost:1"
        ),
        Setting(Hosts.Gateway, "Kestrel:Endpoints:Operators:Url=http://127.0.0.l:8081"),
        Setting(Hosts.Standalone, "Kestrel:Endpoints:Operators:Url=http://127.0.0.l:8081"),
        Setting(Hosts.Standalone, "Mail:Operators:0:Sits:0=site"),
        Setting(Hosts.Standalone, "Kestrel:Limits:MaxConcurrentConnections=5"),
        Setting(Hosts.Counting, "Kestrel:Endpoints:Internal:Url=http://127.0.0.l:8081"),
        Setting(Hosts.Counting, "Logging:LogLevel:Default=Loud"),
        Setting(Hosts.Counting, "Sites:File="),
        Setting(Hosts.Content, "Kestrel:Endpoints:Internal:Url=http://192.0.2.1:8100"),
        Setting(Hosts.Content, "ConnectionStrings:content=Data Source=/nowhere/content.db"),
        Setting(Hosts.Content, "ConnectionStrings:redsi=x"),
        Setting(Hosts.Content, "Seeds:Directory="),
        new(
            Hosts.Feedback,
            "Kestrel:Endpoints:Internal:Certificate:Path: ",
            "--Kestrel:Endpoints:Internal:Url=https://127.0.0.1:0"
        ),
        Setting(Hosts.Feedback, "Kestrel:Endpoints:Probe:Url=http://127.0.0.1:99999"),
        Setting(Hosts.Feedback, "Kestrel:Endpoints:Internal:Protocols=Http9"),
        Setting(Hosts.Feedback, "Mail:Security=7"),
        // A misspelt section in the environment.
        .. Hosts.All.Select(host => new WrongStart(host, "Egde:X: ")
        {
            Environment = new Dictionary<string, string> { ["Egde__X"] = "1" },
        }),
        // Among settings that are right, in every way that they can be given.
        .. Hosts.All.Select(host => new WrongStart(
            host,
            "Egde:X: ",
            [.. RightSettings.Of(host).Select(setting => $"--{setting}"), "--Egde:X=1"]
        )
        {
            Environment = RightSettings.Environment,
            HasOneMistake = true,
        }),
        // A command with more than it takes does nothing.
        new(Hosts.Counting, "extra: --seed takes no arguments", "--seed", "extra"),
        new(Hosts.Content, "extra: --seed takes no arguments", "--seed", "extra"),
        new(Hosts.Content, "--seed: given twice", "--seed", "--seed"),
        new(Hosts.Feedback, "extra: --health takes no arguments", "--health", "extra"),
        new(Hosts.Gateway, "--health: given twice", "--health", "--health"),
        new(Hosts.Standalone, "--new-key: given twice", "--new-key", "me", "--new-key", "you"),
        new(
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
        ),
        new(Hosts.Counting, "Egde:X: there is no such section", "--seed", "--Egde:X=1"),
        new(Hosts.Content, "Seeds:Directry: there is no such setting", "--seed", "--Seeds:Directry=x"),
    ];

    /// <summary>What is set in the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the line names nothing else.</summary>
    public bool HasOneMistake { get; init; }

    public override string ToString() => string.Join(' ', [.. Environment.Keys, .. Arguments]);

    // A setting that is named by its key.
    private static WrongStart Setting(string host, string setting) =>
        new(host, setting.Split('=')[0] + ": ", $"--{setting}");
}
