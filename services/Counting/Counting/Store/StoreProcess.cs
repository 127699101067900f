using System.Collections.Frozen;
using System.Net;

namespace PortalServices.Counting.Store;

/// <summary>
/// One run of one store process that was checked and knows the ledger's scripts. Their text begins with the process'
/// run id, so the hashes here are worth nothing to any other process: a restarted store answers NOSCRIPT, and is
/// checked anew before it gets a commit.
/// </summary>
internal sealed class StoreProcess
{
    public required EndPoint Endpoint { get; init; }

    public required string RunId { get; init; }

    public required StoreKind Kind { get; init; }

    /// <summary>
    /// <c>always</c>, <c>everysec</c>, or what else the store says of its append-only file; <see cref="Trusted"/> where
    /// CONFIG is forbidden.
    /// </summary>
    public required string Fsync { get; set; }

    /// <summary>What the store does not tell, and the operator vouches for (<c>TrustStoreSettings</c>).</summary>
    public const string Trusted = "unknown";

    /// <summary>Whether a commit is on disk before it is acknowledged, as the store says or the operator does.</summary>
    public bool IsDurable => Kind == StoreKind.Garnet || Fsync is "always" or Trusted;

    /// <summary>How full it is.</summary>
    public StoreFill Fill { get; } = new();

    public required FrozenDictionary<LedgerScript, byte[]> Scripts { get; init; }

    public override string ToString() => $"{Kind} at {Endpoint}, run {RunId}";
}

/// <summary>
/// The stores differ in three places: how a commit reaches the disk, how several HLLs are counted, and whether an HLL
/// keeps its expiry.
/// </summary>
internal enum StoreKind
{
    /// <summary>Redis or Valkey.</summary>
    Redis,

    /// <summary>
    /// Microsoft Garnet: a commit is on disk after COMMITAOF; PFCOUNT takes one key; an HLL that grows loses its
    /// expiry.
    /// </summary>
    Garnet,
}

/// <summary>The scripts, embedded as <c>ViewLedger.&lt;name&gt;.lua</c>.</summary>
internal enum LedgerScript
{
    Commit,
    Read,
    ReadFields,
    Adjust,
    FreezeWeek,
    MarkPages,
    FoldPages,
    DropFolded,
    NoteCalendar,
    Remove,
    ClaimSecret,
    AcceptSecret,
    CompareState,
    AcknowledgeLoss,
    NoteRestore,
    TryWrite,
    MarkDamage,
    ClearDamage,
}

/// <summary>The store cannot be reached, or cannot answer now. Nothing was sent.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The ledger holds what counting cannot have written: nothing is written to it.</summary>
internal sealed class DamagedLedgerException(string message) : Exception(message);

/// <summary>
/// The site's zone and first day of the week cannot be what this process has. Nothing was sent; the process ends.
/// </summary>
internal sealed class RefusedCalendarException(string message) : Exception(message);

/// <summary>
/// The store may evict or forget what it acknowledged, or was filled with another secret: nothing is committed to it.
/// The message is one line for the operator.
/// </summary>
internal sealed class UnsafeStoreException(string message) : Exception(message);

/// <summary>A batch may have been stored or not; the receipt of its lane tells, when it is sent again.</summary>
internal sealed class UnclearCommitException(string message, Exception? inner = null) : Exception(message, inner);
