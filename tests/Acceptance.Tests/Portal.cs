using System.Globalization;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using StackExchange.Redis;

namespace PortalServices.Acceptance.Tests;

/// <summary>A running portal with sites to take, and keys.</summary>
public sealed class Portal : IAsyncDisposable
{
    /// <summary>Numbers carried over to the site with baselines.</summary>
    public static readonly Periods SiteBaseline = new(31_315, 96_101, 18_481_240);

    /// <summary>A page of that site with a number of its own.</summary>
    public const string BaselinePage = "/articles/hoi-nghi-tong-ket";

    /// <summary>What was carried over for that page.</summary>
    public const int PageBaseline = 477;

    /// <summary>A site that nobody ever writes to.</summary>
    public const string SiteOfNothing = "nothing";

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(new SiteEntry("any").Zone);
    private int _taken;

    private static readonly string[] Scopes =
    [
        "counting.read",
        "counting.write",
        "content.read",
        "content.write",
        "feedback.read",
        "feedback.write",
        "admin",
    ];

    private readonly Dictionary<string, (OperatorKey With, OperatorKey Without)> _ofScopes;

    private Portal(
        IPortalShape shape,
        ConnectionMultiplexer store,
        OperatorKey admin,
        OperatorKey reader,
        Dictionary<string, (OperatorKey With, OperatorKey Without)> ofScopes
    ) => (Shape, Store, Admin, Reader, _ofScopes) = (shape, store, admin, reader, ofScopes);

    /// <summary>The one site of the keys that may not do everything.</summary>
    public static string SiteOfKeys => Site(0);

    /// <summary>The processes.</summary>
    public IPortalShape Shape { get; }

    /// <summary>The visitors' door.</summary>
    public PortalClient Public => Shape.PublicDoor;

    /// <summary>A connection of the tests' own to the store, one for all of them.</summary>
    public ConnectionMultiplexer Store { get; }

    /// <summary>A key that may do everything.</summary>
    public OperatorKey Admin { get; }

    /// <summary>A key that may only read, and only one site.</summary>
    public OperatorKey Reader { get; }

    /// <summary>A key of this scope alone.</summary>
    public OperatorKey KeyWith(string scope) => _ofScopes[scope].With;

    /// <summary>A key of every scope but this one and those that include it.</summary>
    public OperatorKey KeyWithout(string scope) => _ofScopes[scope].Without;

    /// <summary>Starts a portal.</summary>
    /// <param name="shape">How it runs.</param>
    /// <param name="sitesToTake">How many sites there are for tests: a process goes through all of them, again and
    /// again.</param>
    /// <param name="countsOnly">Whether there are no processes of content and feedback, where they would be processes
    /// of their own.</param>
    /// <param name="replicas">Of each service, where they are processes of their own.</param>
    public static async Task<Portal> StartAsync(
        Shape shape,
        int sitesToTake = 250,
        bool countsOnly = false,
        int replicas = 2
    )
    {
        // What only counts is all that such a store is for.
        countsOnly |= shape == Tests.Shape.Cluster;
        var admin = new OperatorKey("admin", ["admin"], ["*"]);
        var reader = new OperatorKey("reader", ["counting.read"], [SiteOfKeys]);
        var ofScopes = Scopes.ToDictionary(
            scope => scope,
            scope =>
                (
                    new OperatorKey($"with {scope}", [scope], [SiteOfKeys]),
                    new OperatorKey(
                        $"without {scope}",
                        [
                            .. Scopes.Where(other =>
                                other != scope
                                && other != "admin"
                                && other != scope.Replace(".read", ".write", StringComparison.Ordinal)
                            ),
                        ],
                        [SiteOfKeys]
                    )
                )
        );
        OperatorKey[] keys =
        [
            admin,
            reader,
            .. ofScopes.Values.SelectMany(pair => (OperatorKey[])[pair.Item1, pair.Item2]),
        ];
        var settings = new PortalSettings
        {
            Sites = AllSites(sitesToTake),
            Keys = keys,
            Replicas = replicas,
            AsComposed = shape is not (Tests.Shape.Standalone or Tests.Shape.Cluster) && !countsOnly,
            OnCluster = shape == Tests.Shape.Cluster,
            Content = !countsOnly,
            Feedback = !countsOnly,
            // What fails is tried again twice: how long that is left alone for is not what these tests ask.
            Environment = new Dictionary<string, string> { ["Messaging__RetryAfter"] = "00:00:00.100" },
            // Tests type faster than people, and all from one address.
            OfFeedback = new Dictionary<string, string>
            {
                ["Captcha:FastestFill"] = "00:00:00",
                ["Captcha:AddressSubmissionsPerHour"] = "1000000",
                ["Captcha:SiteSubmissionsPerHour"] = "1000000",
            },
            Edge = new Dictionary<string, string>
            {
                ["Edge:CaptchasPerMinute"] = "0",
                ["Edge:CaptchaReadsPerMinute"] = "0",
                ["Edge:FeedbackPerMinute"] = "0",
                ["Edge:ContentReadsPerMinute"] = "0",
                ["Edge:SearchesPerMinute"] = "0",
                ["Edge:RatingsPerMinute"] = "0",
                ["Edge:PagesPerMinute"] = "0",
                // Guessing receipts keeps its limit, but an address has few browsers.
                ["Edge:BrowsersPerAddress"] = "2",
            },
            OfGateway = new Dictionary<string, string>(
                shape == Tests.Shape.Proxied ? [new("ReverseProxy:Routes:views:Metadata:Framed", "")] : []
            )
            {
                ["Portal:Enabled"] = "true",
            },
            LongTimeouts = true,
        };
        IPortalShape processes =
            shape == Tests.Shape.Standalone
                ? await StandaloneShape.StartNewAsync(settings)
                : await ServicesShape.StartNewAsync(settings);
        var store = await processes.ConnectToStoreAsync();
        await HouseIsKeptAsync(store, settings.Sites.Count);
        return new Portal(processes, store, admin, reader, ofScopes);
    }

    /// <summary>
    /// At its start a process goes through all sites; what it writes then must not be taken for what a test wrote.
    /// </summary>
    private static async Task HouseIsKeptAsync(ConnectionMultiplexer store, int sites) =>
        await Eventually.BecomesAsync(
            async () =>
            {
                var done = 0;
                foreach (var server in store.GetServers().Where(server => !server.IsReplica))
                {
                    done += await server.KeysAsync(pattern: "*:housekeeping").CountAsync();
                }
                return done;
            },
            count => count == sites,
            "sites gone through",
            TestContext.Current.CancellationToken
        );

    /// <summary>GET at the operators' door, below the site.</summary>
    public Task<Reply> ReadAsOperatorAsync(string site, string path, CancellationToken cancel) =>
        Shape.OperatorsDoor.GetAsync($"/api/operator/sites/{site}/{path}", cancel, Key(Admin));

    /// <summary>POST of JSON at the operators' door, below the site.</summary>
    public Task<Reply> WriteAsOperatorAsync(
        string site,
        string path,
        object? body,
        CancellationToken cancel,
        params (string Name, string Value)[] headers
    ) =>
        Shape.OperatorsDoor.PostAsync(
            $"/api/operator/sites/{site}/{path}",
            body is null ? "" : JsonSerializer.Serialize(body, JsonSerializerOptions.Web),
            "application/json",
            cancel,
            [Key(Admin), .. headers]
        );

    /// <summary>A request at the operators' door, below the site.</summary>
    public Task<Reply> SendAsOperatorAsync(
        HttpMethod method,
        string site,
        string path,
        HttpContent? content,
        CancellationToken cancel,
        params (string Name, string Value)[] headers
    )
    {
        var message = Shape.OperatorsDoor.Message(
            method,
            $"/api/operator/sites/{site}/{path}",
            null,
            headers.Append(Key(Admin)).ToDictionary(header => header.Name, header => header.Value)
        );
        message.Content = content;
        return Shape.OperatorsDoor.SendAsync(message, cancel);
    }

    /// <summary>The moment, UTC.</summary>
    public static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>The date by the clock of the sites.</summary>
    public static DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(Now, Zone));

    /// <summary>When a day of the sites begins, so many days from today; as it stands in an address.</summary>
    public static string Midnight(int days) =>
        TimeZoneInfo
            .ConvertTimeToUtc(Today.AddDays(days).ToDateTime(TimeOnly.MinValue), Zone)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A site that nobody has used yet.</summary>
    public string NewSite() => Site(Interlocked.Increment(ref _taken));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Shape.DisposeAsync();
    }

    private static (string Name, string Value) Key(OperatorKey key) => ("Authorization", $"Bearer {key.Value}");

    private static string Site(int number) => string.Create(CultureInfo.InvariantCulture, $"site-{number:D3}");

    private static SiteEntry[] AllSites(int toTake) =>
        [
            .. Enumerable.Range(0, toTake).Select(number => new SiteEntry(Site(number)) { Zone = Zone.Id }),
            new(SiteOfNothing),
            new("views-only") { Privacy = "viewsOnly" },
            new("ignore-sec-gpc") { Privacy = "ignore" },
            new("ignore-dnt") { Privacy = "ignore" },
            new("drop") { Privacy = "drop" },
            new("english") { Language = "en" },
            new("no-origins") { Origins = [] },
            new("international") { Origins = ["https://cổng.example", "HTTPS://XN--BO-MIA.example:443"] },
            new SiteEntry("carried-over")
                .WithBaseline(SiteBaseline.Total, SiteBaseline.Week, SiteBaseline.Today)
                .WithBaseline(PageBaseline, 0, 0, BaselinePage),
        ];
}
