using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Ledger;

/// <summary>An entry of the audit as it is stored, for ever: new properties are added, none is renamed.</summary>
/// <remarks>The ledger adds what was shown before and after, as of the commit that holds the entry.</remarks>
internal sealed record AuditEntry
{
    public const int MaxReason = 500;

    // Vietnamese stays readable in the store.
    private static readonly JsonSerializerOptions Stored = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>
    /// <c>baseline</c>, <c>correction</c>, <c>undo</c>, <c>storeLoss</c> (acknowledged) or <c>visitorSecret</c>
    /// (another one accepted).
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>Of an undo: what it takes back, <c>baseline</c> or <c>correction</c>.</summary>
    public string? Of { get; init; }

    /// <summary>The id of the baseline or correction; of others what it is about.</summary>
    public required string Id { get; init; }

    public string? Page { get; init; }

    /// <summary>The site's date that a correction belongs to.</summary>
    public DateOnly? Day { get; init; }

    public long? Change { get; init; }

    public long? Total { get; init; }

    public long? Week { get; init; }

    public long? Today { get; init; }

    public string? Reason { get; init; }

    /// <summary>The name of the operator's key, or <c>seeds</c>.</summary>
    public required string Who { get; init; }

    public required DateTime At { get; init; }

    /// <summary>
    /// The buckets that it changed, so that it is taken back from the same ones whatever becomes of the site's zone.
    /// </summary>
    public long? DayBucket { get; init; }

    public long? WeekBucket { get; init; }

    /// <summary>What was shown before and after: the site's day and total, the page's total.</summary>
    public AuditNumbers? Before { get; init; }

    public AuditNumbers? After { get; init; }

    /// <summary>
    /// Of a store loss: the state of the ledger that was acknowledged, and what the store had instead.
    /// </summary>
    public AuditState? Expected { get; init; }

    public AuditState? Found { get; init; }

    /// <summary>
    /// Of a store loss after a restore: when the backup was made, in milliseconds since 1970 UTC. Where <see cref="Expected"/>
    /// is missing, what had been acknowledged is unknown.
    /// </summary>
    public long? RestoredFrom { get; init; }

    [JsonIgnore]
    public DateTime? RestoredAt =>
        RestoredFrom is { } backup ? DateTimeOffset.FromUnixTimeMilliseconds(backup).UtcDateTime : null;

    /// <summary>It changes numbers, and may be undone.</summary>
    [JsonIgnore]
    public bool IsAdjustment => Kind is "baseline" or "correction" or "undo";

    public string ToJson() => JsonSerializer.Serialize(this, Stored);

    /// <exception cref="FormatException">What is stored is no entry.</exception>
    public static AuditEntry Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(json, Stored)
                ?? throw new FormatException("An audit entry is empty.");
        }
        catch (JsonException e)
        {
            // Not the caller's JSON: what is stored is damaged.
            throw new FormatException("An audit entry cannot be read.", e);
        }
    }

    /// <summary>The adjustment that this entry tells of.</summary>
    /// <param name="otherwise">The buckets of an entry that does not hold its own.</param>
    public Adjustment ToAdjustment(TimeBuckets otherwise) =>
        new(
            Kind == "correction" ? AdjustmentKind.Correction : AdjustmentKind.Baseline,
            Id,
            Page,
            DayBucket ?? otherwise.Day,
            WeekBucket ?? otherwise.Week,
            new ViewTotals(Change ?? Today ?? 0, Change ?? Week ?? 0, Change ?? Total ?? 0)
        );

    /// <summary>Whether a text says why somebody changes numbers.</summary>
    public static bool IsReason(string? reason) =>
        reason is { Length: <= MaxReason } && !string.IsNullOrWhiteSpace(reason);

    /// <summary>Whether two entries ask for the same, whoever asks, and when.</summary>
    public bool AsksTheSame(AuditEntry other) =>
        Kind == other.Kind
        && Page == other.Page
        && Day == other.Day
        && Change == other.Change
        && Total == other.Total
        && (Week ?? 0) == (other.Week ?? 0)
        && (Today ?? 0) == (other.Today ?? 0)
        && (Kind != "correction" || Reason == other.Reason);
}

/// <summary>Shown views around an adjustment; none where it does not touch them.</summary>
/// <param name="Day">Of the site on the day.</param>
/// <param name="Total">Of the site.</param>
/// <param name="Page">Of the page, in all.</param>
internal sealed record AuditNumbers(long? Day, long? Total, long? Page);

/// <summary>A state of the ledger.</summary>
/// <param name="Epoch">Grows whenever the store is another process than before.</param>
/// <param name="Commit">Number of the commit.</param>
/// <param name="Views">Counted views, without baselines and corrections.</param>
internal sealed record AuditState(long Epoch, long Commit, long Views);
