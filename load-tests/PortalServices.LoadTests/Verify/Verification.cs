namespace PortalServices.LoadTests.Verify;

/// <summary>What the check of a history against the counted numbers found.</summary>
internal sealed record Verification
{
    /// <summary>Views that were sent at least once.</summary>
    public required long Sent { get; init; }

    /// <summary>Those with an answer that says that they are stored.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Those of which nobody can say whether they count.</summary>
    public required long Unknown { get; init; }

    /// <summary>Those that were unknown for a while and are decided.</summary>
    public required long Resolved { get; init; }

    /// <summary>Those that were refused, or could never be sent.</summary>
    public required long NotTaken { get; init; }

    /// <summary>Views that the targets show for the pages of the run.</summary>
    public required long Counted { get; init; }

    /// <summary>Acknowledged and not counted, and no promotion explains it.</summary>
    public required long Lost { get; init; }

    /// <summary>
    /// Acknowledged and not counted, as docs/counting.md says may be: a replica that had not got them took the place of
    /// its primary, and the portal reports them as a store loss.
    /// </summary>
    public long LostToPromotions { get; init; }

    /// <summary>Sites whose primary gave way to its replica.</summary>
    public IReadOnlyList<Promotion> Promotions { get; init; } = [];

    /// <summary>How many targets report that their store lost data.</summary>
    public int TargetsWithLoss { get; init; }

    /// <summary>Counted more often than once, or never sent.</summary>
    public required long Doubled { get; init; }

    /// <summary>Views with pages of their own, each of which is decided by itself.</summary>
    public required long OwnPages { get; init; }

    /// <summary>What is wrong, at most 100 of each kind.</summary>
    public required IReadOnlyList<Offender> Offenders { get; init; }

    /// <summary>Why something could not be decided.</summary>
    public required IReadOnlyList<string> Undecided { get; init; }

    /// <summary>What else was noticed.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The faults.</summary>
    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>Ids that were looked up in the ledger of a suite that the tool started; null of any other.</summary>
    public long? LedgerIds { get; init; }

    /// <summary>The tool's exit code for it.</summary>
    public int ExitCode =>
        Lost > 0 || Doubled > 0 ? LoadTests.ExitCode.Invalid
        : Undecided.Count > 0 ? LoadTests.ExitCode.Unknown
        : LoadTests.ExitCode.Valid;
}

/// <summary>A replica took the place of the primary of a site; the last time, where it happened more than once.</summary>
/// <param name="Site">The site.</param>
/// <param name="At">When, in seconds since the start.</param>
/// <param name="Held">Counted views that the replica had.</param>
/// <param name="Reported">Views that the portal reports as lost, over all promotions of the site.</param>
/// <param name="Lost">Acknowledged views that are lost: none that the replica had, and none acknowledged later.</param>
internal sealed record Promotion(string Site, double At, long Held, long Reported, long Lost);
