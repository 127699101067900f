namespace PortalServices.Acceptance.Tests.Running;

/// <summary>A setting that stops the start.</summary>
/// <param name="Setting">As on the command line, without the dashes.</param>
/// <param name="Named">The key that the line names; null for that of the setting.</param>
/// <param name="OfEnvironment">Whether it is set in the environment.</param>
internal sealed record WrongSetting(string Setting, string? Named = null, bool OfEnvironment = false)
{
    private const string Views = "ReverseProxy:Routes:views",
        Cluster = "ReverseProxy:Clusters:counting";

    public static readonly IReadOnlyList<WrongSetting> All =
    [
        // Sections that do not exist.
        new("Egde:MaxBodyBytes=7"),
        new("Host:command=--seed"),
        new("Nothing:0:A=x", OfEnvironment: true),
        // Of telemetry.
        new("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317", OfEnvironment: true),
        new("OTEL_EXPORTER_OTLP_PROTOCOL=http/json", OfEnvironment: true),
        new("OTEL_TRACES_SAMPLER=jaeger_remote", OfEnvironment: true),
        new("OTEL_TRACES_SAMPLER_ARG=2", OfEnvironment: true),
        new("OTEL_SDK_DISABLED=yes", OfEnvironment: true),
        // Keys that do not exist.
        new("Sites:Flie=x"),
        new("Operators:Keys:0:Nmae=x"),
        new("Operators:Keys:0:Scopes:first=x"),
        new("Gateway:Address=10.0.0.1"),
        new("Shutdown:DrainTimes=00:00:05"),
        new("ConnectionStrings:redsi=x"),
        new("ConnectionStrings:rebbitmq=x", OfEnvironment: true),
        new("Messaging:MaxWaitting=1") { Of = [Hosts.Standalone, Hosts.Counting, Hosts.Content, Hosts.Feedback] },
        new("Mail:Operators:0:Sits:0=site") { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Mail:Operators:1:Sits:0=site", OfEnvironment: true) { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Captcha:SiteVerifyHostname:0=x") { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Feedback:Holiday=x") { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Content:KeepRatingWords=1") { Of = [Hosts.Standalone, Hosts.Content] },
        new("Content:KeepRatingWordsDays=0") { Of = [Hosts.Standalone, Hosts.Content] },
        new("Portal:Sit=x") { Of = [Hosts.Gateway, Hosts.Standalone] },
        new("Portal:Enabled=ja") { Of = [Hosts.Gateway, Hosts.Standalone] },
        new("Portal:Enabled=true") { Of = [Hosts.Counting, Hosts.Content, Hosts.Feedback] },
        new("Counting:PagePerSite=1") { Of = [Hosts.Standalone, Hosts.Counting] },
        new("Store:Memory=1") { Of = [Hosts.Standalone] },
        new("Data:Foldr=x") { Of = [Hosts.Standalone] },
        new("Frames:Most=1") { Of = [Hosts.Gateway] },
        new("CachedReads:MaxEntry=1") { Of = [Hosts.Gateway] },
        new("Edge:MaxBodyByte=1") { Of = [Hosts.Gateway, Hosts.Standalone] },
        // Names of earlier versions.
        new("Messaging:MostWaiting=5000") { Of = [Hosts.Standalone, Hosts.Counting, Hosts.Content, Hosts.Feedback] },
        new("Feedback:MostUnread=100", OfEnvironment: true) { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Packs:MaxInFlight=100"),
        new("Edge:BrowsersOfAnAddress=2") { Of = [Hosts.Gateway, Hosts.Standalone] },
        // Sections of other services, where nobody else reads them.
        new("Store:MemoryMegabytes=64") { Of = [Hosts.Gateway, Hosts.Counting, Hosts.Content, Hosts.Feedback] },
        new("Content:KeepRatingWordsDays=30") { Of = [Hosts.Gateway, Hosts.Counting, Hosts.Feedback] },
        new("Mail:Host=mail") { Of = [Hosts.Gateway, Hosts.Counting, Hosts.Content] },
        new("Edge:MaxBodyBytes=4096") { Of = [Hosts.Counting, Hosts.Content, Hosts.Feedback] },
        new("Frames:MaxInFlight=5") { Of = [Hosts.Standalone] },
        new("CachedReads:MaxEntries=5") { Of = [Hosts.Standalone, Hosts.Counting] },
        // A value where there are parts, and parts where there is a value.
        new("Operators:Keys=foo"),
        new("Gateway:Addresses=10.0.0.0/8"),
        new("Gateway:Addresses:0:Block=10.0.0.0/8"),
        new("Seeds:Directory:x=y"),
        new("Kestrel:Endpoints=http://localhost:1"),
        new("ConnectionStrings:content:Host=x"),
        new("Edge:TrustedProxies=10.0.0.0/8") { Of = [Hosts.Gateway, Hosts.Standalone] },
        new("Mail:Operators:2=me@example.vn") { Of = [Hosts.Standalone, Hosts.Feedback] },
        // Values that nobody can read.
        new("Logging:LogLevel:Default=Loud"),
        new("Logging:LogLevel:Microsoft=7"),
        new("Logging:Console:LogLevel:Default=Quiet"),
        new("Logging:Levels:Default=Debug"),
        new("Edge:RequestTimeout=15") { Of = [Hosts.Gateway, Hosts.Standalone] },
        new("CachedReads:MaxEntries=0") { Of = [Hosts.Gateway] },
        new("CachedReads:MaxMegabytes=5000") { Of = [Hosts.Gateway] },
        new("CachedReads:MaxStale=60") { Of = [Hosts.Gateway] },
        new("CachedReads:MaxStale=2.00:00:00") { Of = [Hosts.Gateway] },
        new("Mail:Security=7") { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Captcha:Verifier=SelfHosted,SiteVerify") { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Captcha:WorkLifetime=180") { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Captcha:AddressSubmissionsPerHour=-1") { Of = [Hosts.Standalone, Hosts.Feedback] },
        new("Captcha:Lifetime=") { Of = [Hosts.Standalone, Hosts.Feedback] },
        // The server.
        new("Kestrel:Limits:MaxConcurrentConnections=5"),
        new("Kestrel:AddServerHeader=true"),
        new("Kestrel:Certificates:Other:Path=x"),
        new("Kestrel:EndpointDefaults:Protocols=Http9"),
        new("Kestrel:EndpointDefaults:Url=http://localhost:1"),
        new("Kestrel:Endpoints:Probe:Protocols=Http9"),
        new("Kestrel:Endpoints:Probe:Adress=x"),
        new("Kestrel:Endpoints:Probe:SslProtocols:0=Ssl9"),
        new("Kestrel:Endpoints:Probe:Certificate:Pfad=x"),
        new("Kestrel:Endpoints:Probe:Sni:a.example:Certificate:Pfad=x"),
        new("Kestrel:Endpoints:Probe:ClientCertificateMode=Perhaps"),
        // The proxy.
        new("ReverseProxy:Route:x:ClusterId=counting") { Of = [Hosts.Gateway] },
        new($"{Views}:Cluster=content") { Of = [Hosts.Gateway] },
        new($"{Views}:RouteId=content") { Of = [Hosts.Gateway] },
        new($"{Views}:Order=first") { Of = [Hosts.Gateway] },
        new($"{Views}:MaxRequestBodySize=-1") { Of = [Hosts.Gateway] },
        new($"{Views}:Match:Paths=/x") { Of = [Hosts.Gateway] },
        new($"{Views}:Match:Methods=GET") { Of = [Hosts.Gateway] },
        new($"{Views}:Match:Headers:0:Mode=Sometimes") { Of = [Hosts.Gateway] },
        new($"{Views}:Metadata:Framed=User Agent") { Of = [Hosts.Gateway] },
        new($"{Views}:Metadata:Cached=page=1") { Of = [Hosts.Gateway] },
        new($"{Views}:Metadata:Packed=true") { Of = [Hosts.Gateway] },
        new($"{Cluster}:Destinations:r1:Adress=http://localhost:1") { Of = [Hosts.Gateway] },
        new($"{Cluster}:Destinations:r2:Metadata:Weight=1") { Of = [Hosts.Gateway] },
        new($"{Cluster}:Metadata:Weight=1") { Of = [Hosts.Gateway] },
        new("ReverseProxy:Routes:views:Metadata:Repeat=Twice") { Of = [Hosts.Gateway] },
        new("Shutdown:DrainTime=00:00:21"),
        new($"{Cluster}:Metadata:ConsecutiveFailuresHealthPolicy.Threshold=few") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HttpRequest:ActivityTimeout=-1") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HttpRequest:Version=9") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HttpRequest:VersionPolicy=Any") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HttpClient:EnableMultipleHttp2Connections=2") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HttpClient:SslProtocols:0=Tls9") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HealthCheck:Active:Interval=00:00:00") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HealthCheck:Passive:Enabled=yes") { Of = [Hosts.Gateway] },
        new($"{Cluster}:HealthCheck:Activ:Enabled=true") { Of = [Hosts.Gateway] },
    ];

    /// <summary>What is found when the proxy's settings can be read.</summary>
    public static readonly IReadOnlyList<WrongSetting> OfReadableProxy =
    [
        new($"{Views}:ClusterId=nope"),
        new("ReverseProxy:Routes:operator-audit:Metadata:Framed=Accept-Language"),
        new($"{Views}:Transforms:0:PathPrefix=/other", $"{Views}:Transforms"),
        new("ReverseProxy:Routes:operator-bots:Metadata:Cached=page"),
        new("ReverseProxy:Routes:veiws:Metadata:Framed=DNT", "ReverseProxy:Routes:veiws:ClusterId"),
        new("ReverseProxy:Routes:stats:Match:Path={", "ReverseProxy:Routes:stats"),
        new("ReverseProxy:Routes:traffic:AuthorizationPolicy=nobody", "ReverseProxy:Routes:traffic"),
        new($"{Cluster}:LoadBalancingPolicy=Best"),
        new($"{Cluster}:HealthCheck:Active:Policy=Best"),
        new($"{Cluster}:HealthCheck:Passive:Policy=Best"),
        new($"{Cluster}:HealthCheck:AvailableDestinationsPolicy=Best"),
        new($"{Cluster}:Destinations:r1:Address=ftp://x"),
        new($"{Cluster}:Destinations:r1:Health=localhost"),
        new($"{Cluster}:Destinations:r2:Health=http://localhost:8091", $"{Cluster}:Destinations:r2:Address"),
        new($"{Cluster}:Destinations:r3:Address="),
        new($"{Cluster}:Destinations:r4:Address=http://localhost:99999"),
        new("ReverseProxy:Clusters:content:Destinations:r2:Address=http://localhost:8100/"),
        new(
            "ReverseProxy:Clusters:cuonting:Destinations:r2:Address=http://localhost:1",
            "ReverseProxy:Clusters:cuonting"
        ),
        new("ReverseProxy:Clusters:empty:LoadBalancingPolicy=Random", "ReverseProxy:Clusters:empty:Destinations"),
    ];

    /// <summary>The hosts that refuse it; none is all.</summary>
    public IReadOnlyList<string> Of { get; init; } = [];

    public string Key => Named ?? Setting.Split('=')[0];

    public bool IsOf(string host) => Of.Count == 0 || Of.Contains(host);
}
