using System.Collections.Concurrent;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

// Ledgers that hold what counting cannot have written: nothing is written to them any more, by no process. Whoever
// finds the damage marks the ledger, and the scripts that write refuse one that is marked.
internal sealed partial class ViewLedger
{
    private const int MaxFaultLength = 300;
    private readonly ConcurrentDictionary<string, Damage> _damaged = new(StringComparer.Ordinal);

    // Sites whose marks are under way.
    private readonly ConcurrentDictionary<string, StoreProcess> _marking = new(StringComparer.Ordinal);

    // By site: the last look through the whole ledger of a store that keeps no checksums.
    private readonly ConcurrentDictionary<string, Look> _looks = new(StringComparer.Ordinal);

    /// <summary>What is wrong with ledgers, a line each.</summary>
    public IEnumerable<string> Damages =>
        _damaged.Select(each => $"The ledger of {each.Key} is damaged: {each.Value.Fault}.");

    /// <summary>Whether nothing is written to a ledger.</summary>
    public bool IsDamaged(string site) => _damaged.ContainsKey(site);

    /// <summary>Why a ledger is not used by somebody who was to begin with it, for the operator.</summary>
    public static string Refusal(string site, string fault) =>
        $"The ledger of {site} is damaged and was left as it is: {fault}. Put back a copy of the store, or move it away to begin from zero.";

    /// <summary>
    /// Goes through a whole ledger, a thousand fields at a time; the first thing that is wrong with it, or null. Writes
    /// nothing.
    /// </summary>
    /// <param name="site">The site.</param>
    /// <param name="mayBeUnknown">Later versions may write to it, too.</param>
    /// <param name="cancel">Ends it between two readings.</param>
    public async Task<string?> FindDamageAsync(string site, bool mayBeUnknown, CancellationToken cancel)
    {
        await foreach (var field in ScanAsync(site, "*").WithCancellation(cancel))
        {
            if (FindFault(field, mayBeUnknown) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>
    /// As <see cref="FindDamageAsync(string, bool, CancellationToken)"/>, of a store that others may write to or not;
    /// and tries to read the numbers.
    /// </summary>
    public async Task<string?> FindDamageAsync(
        StoreProcess process,
        string site,
        TimeBuckets now,
        CancellationToken cancel = default
    )
    {
        if (await FindDamageAsync(site, MayBeUnknown(process), cancel) is { } fault)
        {
            return fault;
        }

        try
        {
            var reply = await EvaluateAsync(process, LedgerScript.Read, site, ReadArguments(now.Day, now.Week, []));
            _ = ReadReply(process, reply, now.Day, now.Week, [], sentAt: 0);
            return null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return Unreadable(e);
        }
    }

    /// <summary>
    /// Goes through a ledger once in a run of the store's process, where that keeps no checksum of its log: on Garnet.
    /// No write comes before it; a look that did not end is begun again.
    /// </summary>
    /// <returns>What is wrong with the ledger, or null.</returns>
    /// <exception cref="StoreUnavailableException">It did not end.</exception>
    public async ValueTask<string?> LookOnceAsync(StoreProcess process, string site)
    {
        if (process.Kind == StoreKind.Redis)
        {
            return null;
        }

        // All who come meanwhile wait for one look.
        var look = _looks.AddOrUpdate(site, Begin, (site, last) => last.RunId == process.RunId ? last : Begin(site));
        try
        {
            return await look.Fault.Value;
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            _looks.TryRemove(KeyValuePair.Create(site, look));
            throw new StoreUnavailableException($"The ledger of {site} could not be looked through: {e.Message}", e);
        }

        Look Begin(string site) =>
            new(
                process.RunId,
                new Lazy<Task<string?>>(() => FindDamageAsync(site, MayBeUnknown(process), CancellationToken.None))
            );
    }

    /// <summary>
    /// Whether a field that somebody read is damaged. Then nothing is written to this ledger from now on.
    /// </summary>
    public async ValueTask<bool> IsDamagedAsync(StoreProcess process, string site, HashEntry field)
    {
        if (FindFault(field, mayBeUnknown: true) is not { } fault)
        {
            return false;
        }

        NoteDamage(process, site, fault);
        await TryMarkAsync(process, site);
        return true;
    }

    /// <summary>Looks for what made a command fail; whether the ledger is damaged.</summary>
    public async Task<bool> LookForDamageAsync(StoreProcess process, string site, CancellationToken cancel)
    {
        await foreach (var field in ScanAsync(site, "*").WithCancellation(cancel))
        {
            if (await IsDamagedAsync(process, site, field))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Looks again at a ledger that was found damaged. Where somebody has mended it, the mark is taken away, and it is
    /// counted again.
    /// </summary>
    /// <returns>True where it was damaged and is not any more.</returns>
    public async Task<bool> LookForMendingAsync(
        StoreProcess process,
        string site,
        TimeBuckets now,
        CancellationToken cancel = default
    )
    {
        var known = _damaged.GetValueOrDefault(site);
        var mark = await ReadFieldAsync(process, site, CountingKeys.DamageMark);
        if (mark.Length == 0 && known is null)
        {
            return false;
        }

        if (await FindDamageAsync(process, site, now, cancel) is { } fault)
        {
            NoteDamage(process, site, fault);
            await TryMarkAsync(process, site);
            return false;
        }

        // Before the mark goes: whoever writes then takes no earlier look's word for it.
        _looks.TryRemove(site, out _);
        if ((int)await EvaluateAsync(process, LedgerScript.ClearDamage, site, [mark]) == 0)
        {
            return false;
        }

        if (known is not null && _damaged.TryRemove(KeyValuePair.Create(site, known)))
        {
            LogMended(site);
        }

        return true;
    }

    /// <summary>
    /// True for an error of reading what a ledger holds, here or in a script: Redis names the script, Garnet says that
    /// Lua has met an error. A store that is full, busy or restarted has codes of its own.
    /// </summary>
    public static bool IsUnreadable(Exception e) =>
        e is FormatException or OverflowException or InvalidCastException
        || (
            e is RedisServerException
            && e.Message.StartsWith("ERR ", StringComparison.Ordinal)
            && (
                e.Message.Contains("user_script", StringComparison.Ordinal)
                || e.Message.Contains("Lua", StringComparison.Ordinal)
            )
        );

    /// <summary>Runs a command that writes to a ledger, unless that is damaged.</summary>
    private async Task<T> WatchAsync<T>(StoreProcess process, string site, Func<Task<T>> write)
    {
        try
        {
            ThrowIfDamaged(process, site);
            if (await LookOnceAsync(process, site) is { } fault)
            {
                throw NoteDamage(process, site, fault);
            }

            return await store.WatchWriteAsync(site, write);
        }
        catch (RedisServerException e) when (DamageMark.Of(e) is { } mark)
        {
            throw NoteDamage(process, site, FaultOf(mark), markedAt: time.GetTimestamp());
        }
        catch (DamagedLedgerException)
        {
            // Nobody waits for a store that does not answer.
            _ = TryMarkAsync(process, site);
            throw;
        }
    }

    /// <summary>
    /// Marks a ledger that this process knows to be damaged; one that cannot be reached is marked at a later try.
    /// </summary>
    private async Task TryMarkAsync(StoreProcess process, string site)
    {
        if (!_damaged.TryGetValue(site, out var damage) || damage.IsMarked || !_marking.TryAdd(site, process))
        {
            return;
        }

        try
        {
            await EvaluateAsync(process, LedgerScript.MarkDamage, site, [damage.Fault]);
            _damaged.TryUpdate(site, damage with { MarkedAt = time.GetTimestamp() }, damage);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            // This process keeps off it in any case.
        }
        finally
        {
            _marking.TryRemove(site, out _);
        }
    }

    private DamagedLedgerException NoteDamage(StoreProcess process, string site, string fault, long markedAt = 0)
    {
        var damage = new Damage(process.RunId, fault, markedAt);
        if (_damaged.GetValueOrDefault(site) is not { } known || known.RunId != process.RunId || known.Fault != fault)
        {
            _damaged[site] = damage;
            LogDamaged(site, fault);
        }
        else if (damage.IsMarked)
        {
            _damaged[site] = damage;
        }

        return new DamagedLedgerException($"The ledger of {site} is damaged: {fault}.");
    }

    /// <summary>What a reply says of the mark: others may have found the damage, or that it is mended.</summary>
    private void SeeMark(StoreProcess process, string site, string mark, long sentAt)
    {
        if (mark.Length > 0)
        {
            NoteDamage(process, site, FaultOf(mark), markedAt: sentAt);
        }
        else if (
            _damaged.TryGetValue(site, out var damage)
            && damage.IsMarked
            && damage.MarkedAt < sentAt
            && _damaged.TryRemove(KeyValuePair.Create(site, damage))
        )
        {
            LogMended(site);
        }
    }

    /// <exception cref="DamagedLedgerException">The numbers cannot be read.</exception>
    private LedgerRead ReadReply(
        StoreProcess process,
        string site,
        RedisResult reply,
        long day,
        long week,
        IReadOnlyList<string> paths,
        long sentAt
    )
    {
        try
        {
            var read = ReadReply(process, reply, day, week, paths, sentAt);
            SeeMark(process, site, (string?)reply[MarkInReply] ?? "", sentAt);
            return read;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw NoteDamage(process, site, Unreadable(e));
        }
    }

    /// <exception cref="DamagedLedgerException">The ledger is damaged. A store that was restarted, perhaps on other
    /// files, begins anew.</exception>
    private void ThrowIfDamaged(StoreProcess process, string site)
    {
        if (!_damaged.TryGetValue(site, out var damage))
        {
            return;
        }

        if (damage.RunId == process.RunId)
        {
            throw new DamagedLedgerException($"The ledger of {site} is damaged: {damage.Fault}.");
        }

        _damaged.TryRemove(KeyValuePair.Create(site, damage));
    }

    /// <summary>Nobody else writes to Garnet, so nothing unknown is to be found there.</summary>
    private static bool MayBeUnknown(StoreProcess process) => process.Kind == StoreKind.Redis;

    private static string Unreadable(Exception e)
    {
        var reason = LedgerField.Printable(e.Message);
        return "its numbers cannot be read: " + reason[..Math.Min(reason.Length, MaxFaultLength)].TrimEnd('.');
    }

    private static string FaultOf(string mark) => mark[(mark.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private static string? FindFault(HashEntry field, bool mayBeUnknown) =>
        LedgerField.FindFault(
            ((ReadOnlyMemory<byte>)field.Name).Span,
            ((ReadOnlyMemory<byte>)field.Value).Span,
            mayBeUnknown
        );

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The ledger of {Site} is damaged: {Fault}. Nothing is written to it any more, and its views are answered 503. Mend the field, or put back a copy of the store and restart it."
    )]
    private partial void LogDamaged(string site, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger of {Site} is whole again, and is counted.")]
    private partial void LogMended(string site);

    /// <param name="RunId">The store's process.</param>
    /// <param name="Fault">What is wrong.</param>
    /// <param name="MarkedAt">When the mark was known to be in the ledger (local timestamp), 0 before that.</param>
    private sealed record Damage(string RunId, string Fault, long MarkedAt)
    {
        public bool IsMarked => MarkedAt != 0;
    }

    private sealed record Look(string RunId, Lazy<Task<string?>> Fault);
}
