using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace PortalServices.Counting.Store;

/// <summary>
/// Looks at a store process before the first commit to it: who it is, that it neither evicts nor forgets, and teaches
/// it the scripts.
/// </summary>
internal static class StoreCheck
{
    private const string SafePolicy = "noeviction";

    /// <exception cref="UnsafeStoreException">Its settings may lose an acknowledged view.</exception>
    /// <exception cref="StoreUnavailableException">It was restarted while it was checked.</exception>
    public static async Task<StoreProcess> RunAsync(IServer server, bool trustSettings)
    {
        var before = await InfoAsync(server);
        var kind = before.ContainsKey("garnet_version") ? StoreKind.Garnet : StoreKind.Redis;
        var fsync = kind == StoreKind.Garnet ? "commit" : await CheckSettingsAsync(server, trustSettings);
        if (
            before.GetValueOrDefault("redis_version") is { } version
            && int.TryParse(version.Split('.')[0], out var major)
            && major < 7
        )
        {
            // Older ones keep loaded scripts in their snapshots, so that a restarted process would pass for a checked
            // one.
            throw new UnsafeStoreException(
                $"The store at {server.EndPoint} is version {version}; counting needs Redis 7 or Valkey 7.2 or later."
            );
        }

        // The nonce makes the hashes this check's own: what a process that restarted in the middle was taught is never
        // called.
        var identity =
            $"-- {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}\nlocal STORE_RUN = '{before["run_id"]}'\n";
        var scripts = new Dictionary<LedgerScript, byte[]>();
        foreach (var script in Enum.GetValues<LedgerScript>())
        {
            scripts[script] = await server.ScriptLoadAsync(
                identity + Text("Prelude") + (IsGuarded(script) ? Text("Guard") : "") + Text(script.ToString())
            );
        }

        var after = await InfoAsync(server);
        if (after["run_id"] != before["run_id"])
        {
            throw new StoreUnavailableException($"The store at {server.EndPoint} was restarted while it was checked.");
        }

        var process = new StoreProcess
        {
            Endpoint = server.EndPoint,
            RunId = before["run_id"],
            Kind = kind,
            Fsync = fsync,
            Scripts = scripts.ToFrozenDictionary(),
        };
        // Known before the first commit: a full store must not be filled further by those who have just come.
        process.Fill.Take(await ReadMemoryAsync(server, kind));
        return process;
    }

    /// <summary>Looks at the settings alone; what the store says of its append-only file.</summary>
    /// <exception cref="UnsafeStoreException">They may lose an acknowledged view.</exception>
    public static async Task<string> CheckSettingsAsync(IServer server, bool trustSettings)
    {
        string policy,
            appendOnly,
            fsync;
        try
        {
            policy = await ConfigAsync(server, "maxmemory-policy");
            appendOnly = await ConfigAsync(server, "appendonly");
            fsync = await ConfigAsync(server, "appendfsync");
        }
        catch (RedisServerException e) when (!IsPassing(e))
        {
            return trustSettings
                ? StoreProcess.Trusted
                : throw new UnsafeStoreException(
                    $"The store at {server.EndPoint} forbids CONFIG ({e.Message}); see that it has maxmemory-policy noeviction, appendonly yes and appendfsync always, then set Counting:TrustStoreSettings=true."
                );
        }

        var fault =
            policy != SafePolicy ? $"may evict counts: maxmemory-policy is {policy}, must be {SafePolicy}"
            : appendOnly != "yes" ? $"forgets at a restart: appendonly is {appendOnly}, must be yes"
            : fsync is not ("always" or "everysec")
                ? $"does not write to disk in time: appendfsync is {fsync}, must be always or everysec"
            : null;
        return fault is null ? fsync : throw new UnsafeStoreException($"The store at {server.EndPoint} {fault}.");
    }

    /// <summary>How much the store holds, and from where on it forgets or refuses.</summary>
    /// <exception cref="UnsafeStoreException">It does not tell, and may forget.</exception>
    public static async Task<StoreMemory> ReadMemoryAsync(IServer server, StoreKind kind)
    {
        // Garnet's section "memory" tells the same, and costs it a hundred times as much.
        var info = await InfoAsync(server, kind == StoreKind.Garnet ? "store" : "memory");
        long Bytes(string name) =>
            long.TryParse(info.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        if (kind == StoreKind.Redis)
        {
            // As Redis itself compares them: what it has still to write to its append-only file and to its replicas, which
            // is much while the disk is slow, is given back by itself.
            return new StoreMemory(Bytes("used_memory") - Bytes("mem_not_counted_for_evict"), Bytes("maxmemory"));
        }

        // Its records, dead ones included until the next checkpoint; the objects that they point to, such as the
        // hashes; and what the index takes beyond its own share. All of them together are held against --memory.
        var used =
            Bytes("Log.CurrentMemorySizeBytes")
            + Bytes("Log.CurrentHeapSizeBytes")
            + Bytes("IndexMemoryChargedToLogBudgetBytes");
        return Bytes("Log.MaxMemorySizeBytes") is > 0 and var most
            ? new StoreMemory(used, most)
            : throw new UnsafeStoreException(
                $"The store at {server.EndPoint} does not tell how full it is, and would forget when it is."
            );
    }

    /// <summary>
    /// Errors of a store that is only starting, saving or moving: they say nothing about its settings.
    /// </summary>
    private static bool IsPassing(RedisServerException e) =>
        e.Message.StartsWith("LOADING", StringComparison.Ordinal)
        || e.Message.StartsWith("BUSY", StringComparison.Ordinal)
        || e.Message.StartsWith("MASTERDOWN", StringComparison.Ordinal)
        || e.Message.StartsWith("CLUSTERDOWN", StringComparison.Ordinal);

    private static async Task<string> ConfigAsync(IServer server, string name)
    {
        var reply = await server.ExecuteAsync("CONFIG", "GET", name);
        return reply.Length == 2 ? (string?)reply[1] ?? "" : "";
    }

    private static async Task<Dictionary<string, string>> InfoAsync(IServer server, string section = "server")
    {
        var text = (string?)await server.ExecuteAsync("INFO", section) ?? "";
        return text.Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    // The others read only, look at the mark themselves, or are there to change it.
    private static bool IsGuarded(LedgerScript script) =>
        script
            is not (
                LedgerScript.Commit
                or LedgerScript.Read
                or LedgerScript.ReadFields
                or LedgerScript.CompareState
                or LedgerScript.MarkDamage
                or LedgerScript.ClearDamage
            );

    private static string Text(string name)
    {
        var resource = $"PortalServices.Counting.Ledger.ViewLedger.{name}.lua";
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
