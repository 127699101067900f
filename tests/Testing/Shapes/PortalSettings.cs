using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Shapes;

/// <summary>What a portal of the tests is made of; the same for every shape.</summary>
public sealed record PortalSettings
{
    /// <summary>A proxy at this address is trusted to say who the visitor is; nobody else is.</summary>
    public const string TrustedProxy = "127.0.0.2";

    internal const string NoDrainTime = "--Shutdown:DrainTime=00:00:00";

    /// <summary>The sites.</summary>
    public IReadOnlyList<SiteEntry> Sites { get; init; } = [new("site")];

    /// <summary>The operators' keys.</summary>
    public IReadOnlyList<OperatorKey> Keys { get; init; } = [];

    /// <summary>Counting processes, where they are processes of their own.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>
    /// Whether the separate processes, what they are given and the order they start in are those of compose.yaml; only
    /// with content and feedback. All else that is set here comes on top.
    /// </summary>
    public bool AsComposed { get; init; }

    /// <summary>
    /// Whether there is a gateway; a test that talks to the counting processes themselves needs none.
    /// </summary>
    public bool Gateway { get; init; } = true;

    /// <summary>
    /// Whether there are content processes, where they are processes of their own, with a database and a broker; two of
    /// them.
    /// </summary>
    public bool Content { get; init; }

    /// <summary>
    /// Whether they have a broker of their own, which the test may kill; else one that others use, too.
    /// </summary>
    public bool OwnBroker { get; init; }

    /// <summary>Whether there are feedback processes as well; only with <see cref="Content"/>.</summary>
    public bool Feedback { get; init; }

    /// <summary>
    /// Whether feedback processes are all that is behind the gateway, where they are processes of their own.
    /// </summary>
    public bool OnlyFeedback { get; init; }

    /// <summary>Settings of feedback, such as <c>Captcha:FastestFill</c>.</summary>
    public IReadOnlyDictionary<string, string> OfFeedback { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether services drain as long as they are shipped to, before they end; else they end at once.
    /// </summary>
    public bool DrainsAsShipped { get; init; }

    /// <summary>Settings of counting, such as <c>Counting:ViewIdGeneration</c>.</summary>
    public IReadOnlyDictionary<string, string> Counting { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings of the edge.</summary>
    public IReadOnlyDictionary<string, string> Edge { get; init; } = new Dictionary<string, string>();

    /// <summary>More settings of the gateway, where there is one.</summary>
    public IReadOnlyDictionary<string, string> OfGateway { get; init; } = new Dictionary<string, string>();

    /// <summary>What the process with the public door may take of the machine.</summary>
    public HostLimits? Limits { get; init; }

    /// <summary>
    /// The size of a disk of its own for all that is kept, where everything is one process; null for the disk of the
    /// tests.
    /// </summary>
    public int? DiskMegabytes { get; init; }

    /// <summary>
    /// Whether a request may take three times as long as is shipped, for tests that ask what is answered and not how
    /// soon a busy machine says it.
    /// </summary>
    public bool LongTimeouts { get; init; }

    /// <summary>How Redis writes its append-only file, where there is a Redis.</summary>
    public string Fsync { get; init; } = "always";

    /// <summary>
    /// Whether the ledgers lie on a Redis Cluster instead of one Redis, where there is a Redis; not with
    /// <see cref="AsComposed"/>.
    /// </summary>
    public bool OnCluster { get; init; }

    /// <summary>A folder of seeds that is there already; null for one made of <see cref="Sites"/>.</summary>
    public string? Seeds { get; init; }

    /// <summary>Environment variables of the processes that keep something; read at each start.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>
    /// Environment variables of every process where they are separate, such as those of OpenTelemetry; null for none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Telemetry { get; init; }

    /// <summary>The folder of seeds, made in the folder given unless it is there already.</summary>
    internal string SeedsIn(TemporaryDirectory folder)
    {
        if (Seeds is not null)
        {
            return Seeds;
        }
        SiteEntry.WriteSeeds(folder.File("seeds"), Sites);
        return folder.File("seeds");
    }

    /// <summary>Whether <c>--seed</c> has something to load; without baselines it would change nothing.</summary>
    internal bool HasSeeds => Seeds is not null || Sites.Any(site => site.Baselines.Count > 0);

    internal IEnumerable<string> DrainArguments() => DrainsAsShipped ? [] : [NoDrainTime];

    internal static IEnumerable<string> Arguments(IReadOnlyDictionary<string, string> settings) =>
        settings.Select(setting => $"--{setting.Key}={setting.Value}");

    internal static string Door(string name, int port) => $"--Kestrel:Endpoints:{name}:Url=http://127.0.0.1:{port}";

    internal IEnumerable<string> EdgeArguments() =>
        [
            $"--Edge:TrustedProxies:0={TrustedProxy}/32",
            .. LongTimeouts ? (string[])["--Edge:RequestTimeout=00:00:30"] : [],
            .. KeyArguments(),
            .. Arguments(Edge),
        ];

    internal IEnumerable<string> GatewayArguments() =>
        [
            .. EdgeArguments(),
            .. (LongTimeouts ? new[] { "counting", "content", "feedback" } : []).Select(cluster =>
                $"--ReverseProxy:Clusters:{cluster}:HttpRequest:ActivityTimeout=00:00:25"
            ),
            .. Arguments(OfGateway),
        ];

    internal IEnumerable<string> KeyArguments() => Keys.SelectMany((key, i) => key.Settings(i + FirstKey));

    // compose.yaml has a key itself.
    private int FirstKey => AsComposed ? 1 : 0;
}
