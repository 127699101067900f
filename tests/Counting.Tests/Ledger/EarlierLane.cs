using System.Globalization;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Ledger;

/// <summary>
/// A replica of the version before SipHash: its scripts, as they were, and its ids.
/// </summary>
internal sealed class EarlierLane(IConnectionMultiplexer store, string site, string secret, string lane)
{
    public const string Refused = "secret";

    private readonly ViewIdFingerprint _ids = new(System.Text.Encoding.UTF8.GetBytes(secret), site);
    private string? _script;
    private long _sequence;

    /// <summary>A letter for each view, or why none was taken.</summary>
    public async Task<string> CommitAsync(TimeBuckets buckets, long firstSent, TimeSpan generation, params string[] ids)
    {
        var batch = new CommitBatch(ids.Length) { Buckets = buckets };
        foreach (var id in ids)
        {
            batch.AddView("/a", _ids.EarlierOf(id), firstSent);
        }
        _script ??= await ScriptAsync();
        var reply = await store
            .GetDatabase()
            .ScriptEvaluateAsync(
                _script,
                [CountingKeys.Ledger(site)],
                [
                    _sequence + 1,
                    lane,
                    buckets.Minute,
                    buckets.Hour,
                    buckets.Day,
                    buckets.Week,
                    (long)generation.TotalMilliseconds,
                    1_000_000,
                    100_000,
                    batch.Views,
                    "",
                    ViewLedger.SecretCheck(secret, site),
                    5_000,
                    2_000_000,
                    .. batch.Paths.Select(path => (RedisValue)path),
                ]
            );
        if ((string?)reply[0] != "applied")
        {
            return (string)reply[0]!;
        }
        _sequence++;
        return (string)reply[1]!;
    }

    private async Task<string> ScriptAsync()
    {
        var run = (await store.GetServers()[0].InfoAsync("server"))
            .SelectMany(each => each)
            .First(each => each.Key == "run_id")
            .Value;
        string Text(string name) =>
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Ledger", "Earlier", $"{name}.lua"));
        return string.Create(CultureInfo.InvariantCulture, $"local STORE_RUN = '{run}'\n")
            + Text("Prelude")
            + Text("Commit");
    }
}
