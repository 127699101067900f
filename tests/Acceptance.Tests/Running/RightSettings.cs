namespace PortalServices.Acceptance.Tests.Running;

/// <summary>Settings that are right, in every way that they can be given.</summary>
internal static class RightSettings
{
    /// <summary>
    /// One environment for all hosts: it holds what belongs to the machine, and settings of each of them.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>
    {
        ["MAIL"] = "/var/mail/portal",
        ["EDGE"] = "a name of the machine's",
        ["SOME_NAME"] = "x",
        ["__CF_USER_TEXT_ENCODING"] = "x",
        ["BASH_FUNC_a__b%%"] = "() { :; }",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_a__b"] = "x",
        ["OTEL_SERVICE_NAME"] = "portal",
        ["OTEL_a__b"] = "x",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio",
        ["OTEL_TRACES_SAMPLER_ARG"] = "0.5",
        ["OTEL_METRICS_EXPORTER"] = "none",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_Kestrel__Certificates__Default__Path"] = "x",
        ["Counting__VisitorSecret"] = new('s', 32),
        ["counting__answerwithin"] = "00:00:05",
        ["Mail__RemindFrom"] = "07:30",
        ["Edge__TrustedProxies__0"] = "10.0.0.0/8",
        ["Messaging__MaxWaiting"] = "1000",
        ["Frames__MaxInFlight"] = "100",
        ["CachedReads__MaxEntries"] = "100",
        ["Store__MemoryMegabytes"] = "64",
        ["Feedback__MaxUnread"] = "100",
        ["Content__KeepRatingWordsDays"] = "365",
        ["Captcha__CacheMebibytes"] = "8",
        ["Portal__CacheMegabytes"] = "8",
        ["Data__Folder"] = "elsewhere",
        ["ReverseProxy__Clusters__counting__Destinations__r1__Address"] = "http://127.0.0.1:1",
        ["ConnectionStrings__dashboard"] = "Host=localhost",
        ["POSTGRESQLCONNSTR_dashboard"] = "Host=localhost",
        ["Gateway__Addresses__0"] = "127.0.0.1/32",
        ["Operators__Keys__0__Name"] = "admin",
        ["Operators__Keys__0__Hash"] = new('a', 64),
        ["Operators__Keys__0__Scopes__0"] = "admin",
        ["Operators__Keys__0__Sites__0"] = "*",
        ["Logging__LogLevel__Microsoft.AspNetCore"] = "warning",
    };

    public static IEnumerable<string> Of(string host) =>
        [
            "Logging:LogLevel:Default=Information",
            "logging:console:loglevel:default=Information",
            "Logging:Console:FormatterName=simple",
            "Logging:Console:FormatterOptions:SingleLine=true",
            "Logging:EventLog:LogLevel:Default=None",
            "Kestrel:EndpointDefaults:Protocols=Http1AndHttp2",
            "KESTREL:ENDPOINTS:PROBE:PROTOCOLS=http1",
            "Kestrel:Endpoints:Probe:Certificate:Path=",
            "Operators:Keys:1:Name=other",
            $"Operators:Keys:1:Hash={new string('b', 64)}",
            "Operators:Keys:1:Scopes:0=counting.read",
            "Operators:Keys:1:Sites:0=site",
            "Gateway:Addresses:1=::1",
            "Shutdown:DrainTime=00:00:20",
            .. (string[])(
                host switch
                {
                    Hosts.Gateway => [.. OfEdge, .. OfGateway],
                    Hosts.Standalone =>
                    [
                        .. OfEdge,
                        .. OfCounting,
                        .. OfMessaging,
                        .. OfContent,
                        .. OfFeedback,
                        "Store:MemoryMegabytes=64",
                        "Store:CheckpointKilobytes=1024",
                    ],
                    Hosts.Counting => [.. OfCounting, .. OfMessaging],
                    Hosts.Feedback => [.. OfMessaging, .. OfFeedback],
                    _ => [.. OfMessaging, .. OfContent],
                }
            ),
        ];

    private static readonly string[] OfEdge =
    [
        "Edge:TrustedProxies:0=127.0.0.2/32",
        "Edge:MaxBodyBytes=65536",
        "Edge:RequestTimeout=00:00:15",
        "Edge:MaxTolerablePause=00:01:00",
        "Edge:PageReadsPerSecond=0",
        "Edge:PageReadsBurst=10",
        "Edge:CaptchasPerMinute=1",
        "Edge:CaptchaReadsPerMinute=1",
        "Edge:FeedbackPerMinute=1",
        "Edge:ContentReadsPerMinute=1",
        "Edge:SearchesPerMinute=1",
        "Edge:RatingsPerMinute=1",
        "Edge:PagesPerMinute=1",
        "Portal:CacheMegabytes=8",
        "Portal:ImageOrigins:0=https://images.example",
        "Edge:ReceiptMissesPerMinute=1",
        "Edge:BrowsersPerAddress=2",
    ];

    private static readonly string[] OfCounting =
    [
        "Counting:ViewIdGeneration=00:05:00",
        "Counting:ViewIdsPerGeneration=2000",
        "Counting:PagesPerSite=10",
        "Counting:WaitingViews=256",
        "Counting:AnswerWithin=00:00:01",
        "Counting:HeldPages=2000",
        "Counting:RememberedVisitors=0",
        "Counting:HousekeepingEvery=00:00:10",
        "Counting:TrustStoreSettings=false",
        "Counting:AcknowledgedFile=",
    ];

    private static readonly string[] OfMessaging =
    [
        "Messaging:MaxDeadLetters=10",
        "Messaging:MaxQueued=10",
        "Messaging:DeliveryLimit=2",
        "Messaging:Prefetch=1",
        "Messaging:RetryAfter=0",
        "Messaging:PollEvery=00:00:01",
        "Messaging:LongestWait=00:00:10",
    ];

    private static readonly string[] OfContent = ["Content:KeepRatingWordsDays=30"];

    private static readonly string[] OfFeedback =
    [
        "Feedback:AnswerWithinWorkingDays=10",
        "Feedback:MaxUnread=10",
        "Feedback:KeepPersonalDataDays=0",
        "Captcha:Lifetime=00:20:00",
        "Captcha:FastestFill=0",
        "Captcha:CacheMebibytes=1",
        "Captcha:AddressSubmissionsPerHour=0",
        "Captcha:SiteSubmissionsPerHour=10",
        "Captcha:WorkCost=2000",
        "Captcha:MaxWorkCost=200000",
        "Captcha:WorkLifetime=00:05:00",
        "Captcha:Verifier=siteverify",
        "Captcha:SiteVerifyUrl=https://captcha.example/siteverify",
        "Captcha:SiteVerifySecret=s",
        "Captcha:SiteVerifyHostnames:0=portal.example",
        "Captcha:SiteVerifyTimeout=00:00:05",
        "Mail:Host=127.0.0.1",
        "Mail:Port=1",
        "Mail:Security=None",
        "Mail:UserName=u",
        "Mail:Password=p",
        "Mail:From=gopy@example.vn",
        "Mail:ReplyTo=tra-loi@example.vn",
        "Mail:Operators:0:Address=a@example.vn",
        "Mail:Operators:0:Sites:0=site",
        "Mail:Operators:1:Address=b@example.vn",
        "Mail:PublicUrl=https://portal.example.vn",
        "Mail:RemindWorkingDaysBefore=1",
        "Mail:RemindFrom=07:00",
        "Mail:MaxReceiptsPerRecipientAndDay=3",
        "Mail:Timeout=00:00:10",
        "Mail:RetryAfter=00:00:10",
        "Mail:LongestRetry=00:10:00",
        "Mail:GiveUpAfter=1.00:00:00",
        "Mail:PollEvery=00:00:01",
    ];

    private static readonly string[] OfGateway =
    [
        "Frames:MaxInFlight=64",
        "CachedReads:MaxEntries=1",
        "CachedReads:MaxMegabytes=64",
        "CachedReads:MaxStale=00:00:00",
        "ReverseProxy:Routes:stats:Metadata:Cached=",
        "ReverseProxy:Routes:pages-top:Metadata:Cached=period, limit",
        "ReverseProxy:Clusters:counting:Destinations:second:Address=http://localhost:8092",
        "ReverseProxy:Routes:views:Metadata:Framed=",
        "ReverseProxy:Routes:views:Metadata:Repeat=Always",
        "ReverseProxy:Routes:stats:Metadata:Repeat=WithViewId",
        "ReverseProxy:Clusters:counting:HttpRequest:ActivityTimeout=00:00:05",
        "ReverseProxy:Clusters:counting:HttpRequest:Version=2.0",
        "ReverseProxy:Routes:views:Order=1",
        "ReverseProxy:Clusters:counting:HttpClient:MaxConnectionsPerServer=10",
        "ReverseProxy:Clusters:counting:HttpClient:SslProtocols:0=Tls13",
        "ReverseProxy:Clusters:counting:Metadata:ConsecutiveFailuresHealthPolicy.Threshold=3",
        "ReverseProxy:Clusters:counting:Metadata:TransportFailureRateHealthPolicy.RateLimit=0.5",
        "ReverseProxy:Routes:views:Match:Methods:0=POST",
        "ReverseProxy:Routes:views:Transforms:0:RequestHeader=X-A",
        "ReverseProxy:Routes:views:Transforms:0:Set=b",
        "ReverseProxy:Routes:views:MaxRequestBodySize=65536",
        "ReverseProxy:Clusters:counting:SessionAffinity:Enabled=false",
    ];
}
