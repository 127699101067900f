using System.Globalization;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

/// <summary>What becomes of a ledger whose store lost commits that it had acknowledged.</summary>
internal sealed partial class ViewLedger
{
    /// <summary>Compares a state that was acknowledged with the ledger's, and notes a loss there, once.</summary>
    /// <param name="process">The store.</param>
    /// <param name="site">The site.</param>
    /// <param name="acknowledged">The default for none: then only the loss that is noted is asked for.</param>
    public async Task<StateComparison> CompareAsync(StoreProcess process, string site, LedgerState acknowledged)
    {
        RedisValue[] Arguments(string note) =>
            [acknowledged.Version.Epoch, acknowledged.Version.Commit, acknowledged.Views, note];
        // Nearly always there is nothing to write. What is not on disk yet is not acknowledged either.
        var reply = new ScriptReply(await EvaluateAsync(process, LedgerScript.CompareState, site, Arguments("0")));
        epochs?.See(site, reply.Version.Epoch);
        if (reply.Text("verdict") == "lost")
        {
            reply = new ScriptReply(await WriteAsync(process, LedgerScript.CompareState, site, Arguments("1")));
        }

        return new StateComparison(
            reply.Text("verdict") switch
            {
                "none" => StateVerdict.Kept,
                "noted" => StateVerdict.Noted,
                _ => StateVerdict.Known,
            },
            StoreLoss.Parse(reply.Text("open"), reply.Text("restored")),
            new LedgerState(reply.Version, reply.Number("views"))
        );
    }

    /// <summary>
    /// Acknowledges the loss that the ledger tells of; the number of the audit entry, of one acknowledged before, too.
    /// </summary>
    public async Task<(LossAcknowledgement Outcome, long Entry)> AcknowledgeLossAsync(
        StoreProcess process,
        string site,
        AuditEntry audit
    )
    {
        var reply = new ScriptReply(
            await WriteAsync(
                process,
                LedgerScript.AcknowledgeLoss,
                site,
                [audit.ToJson(), MaxAuditEntries + ReservedAuditEntries]
            )
        );
        var outcome = Enum.Parse<LossAcknowledgement>(reply.Text("outcome"), ignoreCase: true);
        return (
            outcome,
            outcome is LossAcknowledgement.Acknowledged or LossAcknowledgement.Present ? reply.Number("audit") : 0
        );
    }

    /// <summary>
    /// The loss that the ledger tells of, and the audit entry that acknowledged the last one, 0 for none.
    /// </summary>
    public async Task<(StoreLoss? Loss, long Entry)> ReadLossAsync(StoreProcess process, string site)
    {
        var fields = await ReadFieldsAsync(
            process,
            site,
            [CountingKeys.OpenLoss, CountingKeys.LossEntry, CountingKeys.RestoredFrom]
        );
        return (StoreLoss.Parse((string?)fields[0], (string?)fields[2]), Number(fields[1]));
    }

    /// <summary>The sites that have a ledger, whether they are in the list or not. The store was reached.</summary>
    public async Task<IReadOnlyList<string>> ReadSitesAsync() =>
        [
            .. (await store.ReadKeysAsync(CountingKeys.Ledgers))
                .Select(key => CountingKeys.SiteOf(key))
                .OfType<string>()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>
    /// Notes that the store was put back from a backup, and that what it had acknowledged since is unknown; also
    /// of a site that has no ledger yet. Once for each restore: each begins an epoch.
    /// </summary>
    /// <param name="process">The store.</param>
    /// <param name="site">The site.</param>
    /// <param name="backup">When the backup was made.</param>
    /// <param name="isCompared">What had been acknowledged is known: the loss itself is noted by <see cref="CompareAsync"/>.</param>
    public Task NoteRestoreAsync(StoreProcess process, string site, DateTimeOffset backup, bool isCompared) =>
        WriteAsync(process, LedgerScript.NoteRestore, site, [backup.ToUnixTimeMilliseconds(), isCompared ? "1" : "0"]);
}

/// <summary>A state of a ledger that was acknowledged: which one, and how many views had been counted.</summary>
/// <param name="Version">Which.</param>
/// <param name="Views">Counted ones, without baselines and corrections: a number that never falls.</param>
internal readonly record struct LedgerState(LedgerVersion Version, long Views) : IComparable<LedgerState>
{
    public int CompareTo(LedgerState other) => Version.CompareTo(other.Version);
}

/// <summary>Acknowledged commits that the store does not have any more.</summary>
/// <param name="Expected">The last state known to be acknowledged.</param>
/// <param name="Found">What the store had instead.</param>
/// <param name="NotedAt">When that was noted, by the store's clock.</param>
/// <param name="RestoredFrom">When the backup was made that the store was put back from; null for a loss that no restore
/// has told of.</param>
internal sealed record StoreLoss(
    LedgerState Expected,
    LedgerState Found,
    DateTimeOffset NotedAt,
    DateTimeOffset? RestoredFrom = null
)
{
    /// <summary>
    /// Whether it is known what had been acknowledged; where it is not, <see cref="Expected"/> is the least of it.
    /// </summary>
    public bool IsExpectedKnown => RestoredFrom is null || Expected != Found;

    /// <summary>Reads the ledger's fields; null where nothing is lost, or that was acknowledged.</summary>
    /// <exception cref="FormatException">What is stored is no loss.</exception>
    public static StoreLoss? Parse(string? field, string? restoredFrom = null)
    {
        if (string.IsNullOrEmpty(field))
        {
            return null;
        }

        var numbers = Array.ConvertAll(field.Split(' '), word => long.Parse(word, CultureInfo.InvariantCulture));
        return numbers.Length == 7
            ? new StoreLoss(
                new LedgerState(new LedgerVersion(numbers[0], numbers[1]), numbers[2]),
                new LedgerState(new LedgerVersion(numbers[3], numbers[4]), numbers[5]),
                DateTimeOffset.FromUnixTimeMilliseconds(numbers[6]),
                string.IsNullOrEmpty(restoredFrom)
                    ? null
                    : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(restoredFrom, CultureInfo.InvariantCulture))
            )
            : throw new FormatException($"A noted loss has {numbers.Length} numbers.");
    }
}

/// <summary>What came of a comparison.</summary>
/// <param name="Verdict">In a word.</param>
/// <param name="Open">The loss that no operator has acknowledged, if there is one.</param>
/// <param name="Present">The ledger's state behind it.</param>
internal sealed record StateComparison(StateVerdict Verdict, StoreLoss? Open, LedgerState Present);

internal enum StateVerdict
{
    /// <summary>The ledger has it.</summary>
    Kept,

    /// <summary>It was lost, which is noted now.</summary>
    Noted,

    /// <summary>It was lost, as was noted before.</summary>
    Known,
}

/// <summary>What came of an acknowledgement. Only <see cref="Acknowledged"/> changes anything.</summary>
internal enum LossAcknowledgement
{
    Acknowledged,

    /// <summary>It was acknowledged before.</summary>
    Present,

    /// <summary>Nothing was lost, ever.</summary>
    None,

    /// <summary>The audit has no room for another entry.</summary>
    Full,
}
