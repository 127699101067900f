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

    /// <summary>Acknowledged and not counted.</summary>
    public required long Lost { get; init; }

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
