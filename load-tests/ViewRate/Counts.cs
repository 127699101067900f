using System.Globalization;
using PortalServices.Testing.Portal;
using StackExchange.Redis;

namespace PortalServices.ViewRate;

/// <summary>What processes and store have done so far, beside the time that they took.</summary>
/// <param name="ScriptCalls">Scripts that the store has run.</param>
/// <param name="Written">Bytes that the store has appended to its file.</param>
/// <param name="FrontAllocated">Bytes that the gateway has allocated.</param>
/// <param name="BackAllocated">Bytes that counting has allocated.</param>
internal sealed record Counts(long ScriptCalls, long Written, long FrontAllocated, long BackAllocated)
{
    private const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total";

    /// <summary>Reads them.</summary>
    public static async Task<Counts> ReadAsync(IServer store, PortalClient front, IEnumerable<PortalClient> back)
    {
        var info = (await store.InfoAsync())
            .Concat(await store.InfoAsync("commandstats"))
            .SelectMany(section => section)
            .GroupBy(pair => pair.Key)
            .ToDictionary(pair => pair.Key, pair => pair.First().Value);
        long Calls(string command) =>
            info.TryGetValue("cmdstat_" + command, out var stat)
                ? long.Parse(stat.Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture)
                : 0;
        return new Counts(
            Calls("evalsha") + Calls("eval"),
            // Grows by what is written, and falls when the file is written anew.
            long.Parse(info.GetValueOrDefault("aof_current_size", "0"), CultureInfo.InvariantCulture),
            await AllocatedAsync(front),
            (await Task.WhenAll(back.Select(AllocatedAsync))).Sum()
        );
    }

    /// <summary>What came since an earlier reading.</summary>
    public Counts Since(Counts earlier) =>
        new(
            ScriptCalls - earlier.ScriptCalls,
            Written - earlier.Written,
            FrontAllocated - earlier.FrontAllocated,
            BackAllocated - earlier.BackAllocated
        );

    private static async Task<long> AllocatedAsync(PortalClient probe)
    {
        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri(probe.Door, "/metrics"));
        var line = page.Split('\n').First(each => each.StartsWith(Allocated, StringComparison.Ordinal));
        return (long)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
