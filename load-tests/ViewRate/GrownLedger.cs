using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace PortalServices.ViewRate;

/// <summary>
/// Makes the ledger of a site one that has grown: two generations of ids that are as full as they may be, and as many
/// pages as count on their own. Nobody may view meanwhile. The fields are those of <c>CountingKeys</c>.
/// </summary>
internal static class GrownLedger
{
    public const int Ids = 1_000_000,
        Pages = 100_000;

    private const int IdBytes = 6;

    // Their shards, and how many ids a generation has when they take the next ones.
    private static readonly (int High, int Low, int From)[] Levels = [(1, 64, 0), (16, 256, 1_024), (256, 256, 65_536)];

    /// <summary>Fills it; the bytes of the store's memory that an id takes.</summary>
    public static async Task<double> FillAsync(IServer server, IDatabase database, string site)
    {
        RedisKey ledger = $"{{{site}}}:ledger";
        var head = await database.HashGetAsync(ledger, ["g", "pn", "v"]);
        // One that was viewed once.
        var (number, now) = ((string)head[0]!).Split(' ') is [var first, var began, ..]
            ? (long.Parse(first, CultureInfo.InvariantCulture), long.Parse(began, CultureInfo.InvariantCulture))
            : throw new LoadException($"The ledger of {site} has no generation of ids.");

        var before = await MemoryAsync(server);
        foreach (var generation in (long[])[number + 1, number + 2])
        {
            for (var level = 1; level <= Levels.Length; level++)
            {
                var (high, low, from) = Levels[level - 1];
                var until = level < Levels.Length ? Levels[level].From : Ids;
                await PutAsync(database, ledger, Shards(generation, level, high, low, until - from));
            }
        }
        var ofIds = (await MemoryAsync(server) - before) / (2.0 * Ids);

        await PutAsync(
            database,
            ledger,
            Enumerable.Range(0, Pages).Select(page => new HashEntry($"p:/page/{page}", "1 0 0 0 0 0 0 0 0"))
        );
        await database.HashSetAsync(
            ledger,
            [
                new("pn", Pages + (int)head[1]),
                new("v", Pages + (int)head[2]),
                // Of the second there is room for the ids of the run.
                new("g", Invariant($"{number + 2} {now} {Ids / 2} {number + 1} {now} {Ids}")),
            ]
        );
        return ofIds;
    }

    private static IEnumerable<HashEntry> Shards(long generation, int level, int high, int low, int ids)
    {
        var prefix = Encoding.ASCII.GetBytes(Invariant($"i:{generation}:{level}:"));
        var each = (double)ids / (high * low);
        var due = 0.0;
        for (var shard = 0; shard < high * low; shard++)
        {
            due += each;
            var count = (int)due;
            due -= count;
            yield return new HashEntry(
                (byte[])[.. prefix, (byte)(shard / low), (byte)(shard % low)],
                RandomNumberGenerator.GetBytes(count * IdBytes)
            );
        }
    }

    private static async Task PutAsync(IDatabase database, RedisKey ledger, IEnumerable<HashEntry> fields)
    {
        foreach (var some in fields.Chunk(2_000))
        {
            await database.HashSetAsync(ledger, some);
        }
    }

    private static async Task<long> MemoryAsync(IServer server) =>
        long.Parse(
            (await server.InfoAsync("memory")).SelectMany(each => each).First(each => each.Key == "used_memory").Value,
            CultureInfo.InvariantCulture
        );

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
