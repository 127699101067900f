using System.Globalization;
using StackExchange.Redis;

namespace PortalServices.Testing.Store;

/// <summary>
/// A site's ledger as it lies in the store, read past the product. The only place of the tests that spells a key or a
/// field; the schema is told in services/Counting/Counting/Ledger/CountingKeys.cs.
/// </summary>
public sealed record Ledger
{
    private static ReadOnlySpan<byte> PagePrefix => "p:"u8;

    /// <summary>Counted views, by the site's own counter.</summary>
    public long Total { get; private set; }

    /// <summary>The number of the last commit.</summary>
    public long Commit { get; private set; }

    /// <summary>Counted views by minute, named by the minutes since 1970 of its start.</summary>
    public Dictionary<long, long> Minutes { get; } = [];

    /// <summary>Counted views by hour.</summary>
    public Dictionary<long, long> Hours { get; } = [];

    /// <summary>Counted views by day.</summary>
    public Dictionary<long, long> Days { get; } = [];

    /// <summary>Counted views by week.</summary>
    public Dictionary<long, long> Weeks { get; } = [];

    /// <summary>Counted views by page; <c>*</c> holds those of the pages past the cap and of folded ones.</summary>
    public Dictionary<string, long> Pages { get; } = [];

    /// <summary>
    /// The view ids that are remembered, each by the six bytes that <see cref="LedgerId.Of"/> gives for it.
    /// </summary>
    public HashSet<ulong> Ids { get; } = [];

    /// <summary>The loss that the ledger tells of, which no operator has acknowledged; null for none.</summary>
    public NotedLoss? Loss { get; private set; }

    /// <summary>The key of a site's ledger.</summary>
    public static RedisKey Key(string site) => $"{{{site}}}:ledger";

    /// <summary>Reads the ledger in one command, so that it is of one instant.</summary>
    public static async Task<Ledger> ReadAsync(IConnectionMultiplexer store, string site) =>
        From(await store.GetDatabase().HashGetAllAsync(Key(site)));

    /// <summary>Reads a ledger's fields.</summary>
    public static Ledger From(IEnumerable<HashEntry> fields)
    {
        var ledger = new Ledger();
        foreach (var field in fields)
        {
            ledger.Take((byte[])field.Name!, field.Value);
        }
        return ledger;
    }

    /// <summary>Makes a site's audit look full.</summary>
    public static Task FillAuditAsync(IConnectionMultiplexer store, string site) =>
        store.GetDatabase().HashSetAsync(Key(site), "an", 10_000);

    /// <summary>What contradicts what: empty, unless something was lost, doubled or applied in part.</summary>
    public IReadOnlyList<string> Contradictions()
    {
        List<string> found = [];
        Compare("pages", Pages.Values.Sum());
        Compare("minutes", Minutes.Values.Sum());
        Compare("hours", Hours.Values.Sum());
        Compare("days", Days.Values.Sum());
        Compare("weeks", Weeks.Values.Sum());
        return found;

        void Compare(string what, long sum)
        {
            if (sum != Total)
            {
                found.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the sum over {what} is {sum}, the total {Total} (commit {Commit})"
                    )
                );
            }
        }
    }

    private void Take(byte[] name, RedisValue value)
    {
        if (name.AsSpan().SequenceEqual("v"u8))
        {
            Total = (long)value;
        }
        else if (name.AsSpan().SequenceEqual("n"u8))
        {
            Commit = (long)value;
        }
        else if (name.AsSpan().SequenceEqual("sl"u8) && value.Length() > 0)
        {
            var numbers = Array.ConvertAll(
                ((string)value!).Split(' '),
                number => long.Parse(number, CultureInfo.InvariantCulture)
            );
            Loss = new NotedLoss(numbers[2], numbers[5], numbers[6]);
        }
        else if (name.AsSpan().StartsWith(PagePrefix) && value.Length() > 0)
        {
            Pages[System.Text.Encoding.UTF8.GetString(name.AsSpan(PagePrefix.Length))] = CountedTotal((string)value!);
        }
        else if (name.AsSpan().StartsWith("i:"u8))
        {
            foreach (var id in ((byte[])value!).Chunk(LedgerId.Size))
            {
                Ids.Add(LedgerId.Read(id));
            }
        }
        else if (name.Length > 2 && name[1] == ':' && Buckets(name[0]) is { } buckets)
        {
            buckets[long.Parse(name.AsSpan(2), CultureInfo.InvariantCulture)] = (long)value;
        }
    }

    private Dictionary<long, long>? Buckets(byte kind) =>
        kind switch
        {
            (byte)'m' => Minutes,
            (byte)'h' => Hours,
            (byte)'d' => Days,
            (byte)'w' => Weeks,
            _ => null,
        };

    /// <summary>A page's record begins with the views counted in all; one that was folded is empty.</summary>
    private static long CountedTotal(string record) =>
        record.Length == 0
            ? 0
            : long.Parse(record.AsSpan(0, record.AsSpan().IndexOfAny(' ', '|')), CultureInfo.InvariantCulture);
}

/// <summary>Views that the store lost after it had acknowledged them.</summary>
/// <param name="Expected">Counted views that were acknowledged.</param>
/// <param name="Found">Counted views that it came back with.</param>
/// <param name="NotedAt">When that was noted, in milliseconds; the name of the loss.</param>
public sealed record NotedLoss(long Expected, long Found, long NotedAt);
