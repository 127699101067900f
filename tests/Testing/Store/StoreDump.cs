using StackExchange.Redis;

namespace PortalServices.Testing.Store;

/// <summary>Everything that a store holds, as text that can be compared.</summary>
public static class StoreDump
{
    /// <summary>Reads every key with its content.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(IConnectionMultiplexer store)
    {
        var database = store.GetDatabase();
        var dump = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // Whose turn it is to keep house goes on by the clock, whatever a test does.
        var keys = await store
            .GetServers()
            .Single()
            .KeysAsync(pageSize: 1_000)
            .Where(key => !key.ToString().EndsWith(":housekeeping", StringComparison.Ordinal))
            .ToListAsync();
        // All are asked for before the first is waited for.
        var contents = await Task.WhenAll(keys.Select(key => ContentAsync(database, key)));
        foreach (var (key, content) in keys.Zip(contents))
        {
            dump[key.ToString()] = content;
        }
        return dump;
    }

    private static async Task<string> ContentAsync(IDatabase database, RedisKey key) =>
        await database.KeyTypeAsync(key) switch
        {
            RedisType.Hash => string.Join(
                '\n',
                (await database.HashGetAllAsync(key))
                    .Select(field => $"{Hex(field.Name)}={Hex(field.Value)}")
                    .Order(StringComparer.Ordinal)
            ),
            RedisType.String => Hex(await database.StringGetAsync(key)),
            var other => other.ToString(),
        };

    /// <summary>Names and values may be bytes that are no text.</summary>
    private static string Hex(RedisValue value) => Convert.ToHexString((byte[]?)value ?? []);
}
