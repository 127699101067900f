using System.Text.Json;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;
using PortalServices.Http.Json;
using PortalServices.Messaging;
using PortalServices.Messaging.DeadLetters;
using StackExchange.Redis;

namespace PortalServices.Counting.DeadLetters;

/// <summary>
/// Counting's dead letters: one hash in its store, one field each, written by lone commands. Two replicas that put
/// letters in at the same moment may exceed the bound by one another's.
/// </summary>
internal sealed class RedisDeadLetters(StoreConnection store, IOptions<MessagingOptions> options) : IDeadLetters
{
    private const int FieldsPerScan = 200;

    public async Task<bool> TryPutAsync(DeadLetter letter, CancellationToken cancel)
    {
        var process = await store.ProcessOfAsync(CountingKeys.DeadLetters);
        if (await FindAsync(letter.MessageId, letter.Consumer, cancel) is { } known)
        {
            (known.Error, known.FailedAt) = (letter.Error, letter.FailedAt);
            known.Failures++;
            letter = known;
        }
        else if (
            await store.Database.HashLengthAsync(CountingKeys.DeadLetters, CommandFlags.DemandMaster)
            >= options.Value.MaxDeadLetters
        )
        {
            return false;
        }

        var field = CountingKeys.DeadLetterField(letter.MessageId, letter.Consumer);
        RedisValue text = JsonSerializer.Serialize(letter, PortalJson.Options);
        await WriteAsync(
            process,
            field,
            text,
            database => database.HashSetAsync(CountingKeys.DeadLetters, field, text, flags: CommandFlags.DemandMaster)
        );
        return true;
    }

    public async Task<bool> RemoveAsync(Guid messageId, string consumer, CancellationToken cancel)
    {
        var process = await store.ProcessOfAsync(CountingKeys.DeadLetters);
        var field = CountingKeys.DeadLetterField(messageId, consumer);
        return await WriteAsync(
            process,
            field,
            RedisValue.Null,
            database => database.HashDeleteAsync(CountingKeys.DeadLetters, field, CommandFlags.DemandMaster)
        );
    }

    public async Task<DeadLetter?> FindAsync(Guid messageId, string consumer, CancellationToken cancel)
    {
        await store.ProcessOfAsync(CountingKeys.DeadLetters);
        return Read(
            await store.Database.HashGetAsync(
                CountingKeys.DeadLetters,
                CountingKeys.DeadLetterField(messageId, consumer),
                CommandFlags.DemandMaster
            )
        );
    }

    public async Task<(IReadOnlyList<DeadLetter> Items, int Total)> ListAsync(
        IReadOnlyCollection<string>? sites,
        int skip,
        int take,
        CancellationToken cancel
    )
    {
        await store.ProcessOfAsync(CountingKeys.DeadLetters);
        var database = store.Database;
        if (
            sites is null
            && await database.HashLengthAsync(CountingKeys.DeadLetters, CommandFlags.DemandMaster) is var length
            && (take == 0 || skip >= length)
        )
        {
            return ([], (int)length);
        }

        // Of all of them only what their order needs is held. A scan may give a field twice.
        HashSet<(long FailedAt, string Field)> all = [];
        await foreach (
            var field in database
                .HashScanAsync(CountingKeys.DeadLetters, pageSize: FieldsPerScan, flags: CommandFlags.DemandMaster)
                .WithCancellation(cancel)
        )
        {
            var letter = Read(field.Value)!;
            if (sites is null || (letter.Site is { } site && sites.Contains(site)))
            {
                all.Add((letter.FailedAt, (string)field.Name!));
            }
        }

        RedisValue[] wanted =
        [
            .. all.OrderByDescending(letter => letter.FailedAt)
                .ThenBy(letter => letter.Field, StringComparer.Ordinal)
                .Skip(skip)
                .Take(take)
                .Select(letter => (RedisValue)letter.Field),
        ];
        var letters =
            wanted.Length == 0
                ? []
                : await database.HashGetAsync(CountingKeys.DeadLetters, wanted, CommandFlags.DemandMaster);
        return ([.. letters.Select(Read).OfType<DeadLetter>()], all.Count);
    }

    /// <summary>
    /// Garnet's log reaches the file on COMMITAOF. The field read back behind it proves that both ran in one and the
    /// same process.
    /// </summary>
    private async Task<bool> WriteAsync(
        StoreProcess process,
        RedisValue field,
        RedisValue written,
        Func<IDatabase, Task<bool>> write
    )
    {
        using var underWay = await store.Writes.BeginAsync();
        var database = store.Database;
        var outcome = write(database);
        if (process.Kind == StoreKind.Redis)
        {
            return await outcome;
        }

        var durable = database.ExecuteAsync("COMMITAOF");
        var held = database.HashGetAsync(CountingKeys.DeadLetters, field, CommandFlags.DemandMaster);
        await Task.WhenAll(outcome, durable, held);
        return await held == written
            ? await outcome
            : throw new UnclearCommitException(
                "The store restarted between the write of a dead letter and its commit."
            );
    }

    private static DeadLetter? Read(RedisValue text) =>
        text.IsNullOrEmpty ? null : JsonSerializer.Deserialize<DeadLetter>((string)text!, PortalJson.Options);
}
