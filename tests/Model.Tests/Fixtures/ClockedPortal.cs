using System.Globalization;
using System.Net;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Model.Tests.Fixtures;

/// <summary>Who is killed.</summary>
internal enum Victim
{
    Redis,
    Process,
    Both,
}

/// <summary>
/// One counting process whose calendar clock is set by hand, on one Redis, with more sites of one zone than sequences.
/// </summary>
internal sealed class ClockedPortal : IAsyncDisposable
{
    /// <summary>Pages of a site that count on their own.</summary>
    internal const int PagesPerSite = 5;

    /// <summary>How long a visitor counts as online.</summary>
    internal const int OnlineWindowMinutes = 7;

    private const string Project = "tests/ClockedHost",
        ProbedSite = "probed";

    private readonly OperatorKey _key = new(SiteRun.Operator, ["counting.write"], ["*"]);
    private readonly TemporaryDirectory _seeds = new();
    private readonly Queue<string> _unused;
    private readonly List<string> _used = [];
    private readonly int _inside = Ports.Free();
    private readonly int _probe = Ports.Free();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private RedisServer? _redis;
    private HostProcess? _process;
    private ConnectionMultiplexer? _store;

    private ClockedPortal(SiteZone zone)
    {
        Zone = zone;
        _unused = new(Enumerable.Range(1, Sites).Select(i => $"{zone.Name}-{i}"));
        SiteEntry.WriteSeeds(_seeds.Path, [new(ProbedSite), .. _unused.Select(id => Entry(id, zone))]);
        Door = new PortalClient(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_inside}")),
            http2: true
        );
    }

    /// <summary>Those of the sequences, and those that finding a smaller failing one takes.</summary>
    private static int Sites => 150 + (35 * LongRun.Factor);

    /// <summary>Where its sites lie.</summary>
    internal SiteZone Zone { get; }

    /// <summary>The header of an operator who may do everything with the counts.</summary>
    internal (string Name, string Value) Authorization => ("Authorization", $"Bearer {_key.Value}");

    /// <summary>The door of the process.</summary>
    internal PortalClient Door { get; }

    /// <summary>Sites that were given out.</summary>
    internal IReadOnlyList<string> UsedSites => _used;

    /// <summary>What the process said last, when it is gone though nobody killed it.</summary>
    internal string? Obituary =>
        Striking || !_process!.HasExited ? null : $"The process ended by itself:\n{_process.Tail()}";

    private bool Striking { get; set; }

    /// <summary>Starts one.</summary>
    public static async Task<ClockedPortal> StartAsync(SiteZone zone)
    {
        var portal = new ClockedPortal(zone);
        try
        {
            portal._redis = await RedisServer.StartAsync();
            portal._store = await portal._redis.ConnectAsync();
            await portal.StartProcessAsync();
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>A site that nobody has touched; null when there is none left.</summary>
    internal string? TakeSite()
    {
        if (!_unused.TryDequeue(out var site))
        {
            return null;
        }
        _used.Add(site);
        return site;
    }

    /// <summary>A site's ledger, read past the product. While Redis is away it is waited for.</summary>
    internal async Task<Ledger> ReadLedgerAsync(string site, CancellationToken cancel) =>
        (
            await Eventually.BecomesAsync(
                () => TryReadLedgerAsync(site),
                ledger => ledger is not null,
                "the ledger",
                cancel
            )
        )!;

    private async Task<Ledger?> TryReadLedgerAsync(string site)
    {
        try
        {
            return await Ledger.ReadAsync(_store!, site);
        }
        catch (Exception away) when (Striking && away is RedisException or TimeoutException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>
    /// Takes away the note that a site's housekeeping was done lately: the next turn may come at once. A kill may be on
    /// its way to Redis; the turn then waits as long as it does by itself.
    /// </summary>
    internal void ForgetTurn(string site) =>
        _store!.GetDatabase().KeyDelete($"{{{site}}}:housekeeping", CommandFlags.FireAndForget);

    /// <summary>Sets the process' clock.</summary>
    internal async Task SetClockAsync(DateTimeOffset now, CancellationToken cancel)
    {
        _now = now;
        var reply = await Door.PostAsync($"/clock?now={Instant(now)}", "", "text/plain", cancel);
        Assert.Equal(HttpStatusCode.OK, reply.Status);
    }

    /// <summary>SIGKILL, and a start on the same data; returns when the process has the store again.</summary>
    internal async Task StrikeAsync(Victim victim, CancellationToken cancel)
    {
        Striking = true;
        if (victim is Victim.Process or Victim.Both)
        {
            await _process!.KillAsync();
        }
        if (victim is Victim.Redis or Victim.Both)
        {
            await _redis!.RestartAsync();
            await _store!.DisposeAsync();
            _store = await _redis.ConnectAsync();
        }
        if (victim is Victim.Process or Victim.Both)
        {
            await StartProcessAsync();
        }
        await Eventually.HoldsAsync(() => HasStoreAsync(cancel), "the process to have the store again", cancel);
        Striking = false;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
        Door.Dispose();
        _seeds.Dispose();
    }

    /// <summary>An instant as the API spells it.</summary>
    internal static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A page that nobody asked for yet has to be read from the store.</summary>
    private async Task<bool> HasStoreAsync(CancellationToken cancel)
    {
        var reply = await Door.StatsAsync(ProbedSite, cancel, $"/{ViewCall.NewId()}");
        return reply.Status == HttpStatusCode.OK && !reply.Stats.Stale;
    }

    private static SiteEntry Entry(string id, SiteZone zone) =>
        new(id)
        {
            Zone = zone.Iana,
            FirstDayOfWeek = zone.FirstDay == DayOfWeek.Sunday ? "sunday" : "monday",
            OnlineWindowMinutes = OnlineWindowMinutes,
        };

    private async Task StartProcessAsync() =>
        _process = await HostProcess.StartAsync(
            Project,
            [
                .. CountingReplica.Arguments(_redis!.Address, _seeds.Path, _inside, _probe),
                $"--Clock:Now={Instant(_now)}",
                string.Create(CultureInfo.InvariantCulture, $"--Counting:PagesPerSite={PagesPerSite}"),
                // Housekeeping happens when a step asks for it, but not twice within this time.
                "--Counting:HousekeepingEvery=00:00:01",
                // A slow machine is no failure: whoever asks waits for longer than it may stand still.
                "--Counting:AnswerWithin=00:00:20",
                .. _key.Settings(0),
            ]
        );
}
