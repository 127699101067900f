using System.ComponentModel.DataAnnotations;

namespace PortalServices.Counting.Store;

/// <summary>Settings of counting, section <c>Counting</c>. Checked at start; a wrong one stops it.</summary>
public sealed class CountingOptions
{
    /// <summary>Small, silent pages are folded into "other" from this share of <see cref="PagesPerSite"/> on.</summary>
    internal const double FoldFrom = 0.5;

    /// <summary>The section's name.</summary>
    public const string Section = "Counting";

    /// <summary>
    /// A secret of at least 32 characters that keys the hashes of visitors and view ids. The same on every replica, and
    /// in no backup of the store: with the store alone nobody can test whether an address was here.
    /// </summary>
    [Required, MinLength(32)]
    public string VisitorSecret { get; set; } = "";

    /// <summary>
    /// How long at least a view id is remembered: the length of one of the two generations kept, 1 second to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ViewIdGeneration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long only processes that know SipHash must have written to a ledger before its ids are made by it. Longer than
    /// an upgrade of all replicas takes.
    /// </summary>
    internal TimeSpan HashSettled { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Ids of one site after which a generation ends early. Of a full one, about 11 bytes of Redis' memory each; of a
    /// smaller one, up to 35.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int ViewIdsPerGeneration { get; set; } = 1_000_000;

    /// <summary>
    /// Pages of one site that count on their own; views of further unknown pages share one "other" bucket.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PagesPerSite { get; set; } = 100_000;

    /// <summary>
    /// Views that may wait for their commit in this process; past it a view is refused with 503
    /// <c>too_many_waiting</c>.
    /// </summary>
    [Range(256, 1_000_000)]
    public int WaitingViews { get; set; } = 20_000;

    /// <summary>
    /// How long a view or a read waits for the store before it is answered 503 (or with stale numbers).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Pages of one site whose numbers this process holds for readers.</summary>
    [Range(2_000, 100_000)]
    public int HeldPages { get; set; } = 5_000;

    /// <summary>
    /// Visitors of the current minute and site that this process remembers, to spare the store a repeated add.
    /// </summary>
    [Range(0, 1_000_000)]
    public int RememberedVisitors { get; set; } = 20_000;

    /// <summary>
    /// How often each site's ledger is gone through for what nothing needs any more, 1 second to 1 hour. Shorter than
    /// <see cref="ViewIdGeneration"/> gains nothing: forgotten ids are most of it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan HousekeepingEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A file outside the store that keeps which commits were acknowledged last, so that a store that was lost or set
    /// back is told; none where it is empty. For a store that only this process writes to.
    /// </summary>
    public string AcknowledgedFile { get; set; } = "";

    /// <summary>
    /// Accept a store that forbids CONFIG: the operator vouches for noeviction, and for an append-only file that is
    /// synced before each reply.
    /// </summary>
    public bool TrustStoreSettings { get; set; }
}
