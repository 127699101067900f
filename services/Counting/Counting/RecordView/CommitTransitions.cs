namespace PortalServices.Counting.RecordView;

/// <summary>What one attempt to commit a batch came to.</summary>
internal enum AttemptOutcome
{
    /// <summary>It is stored.</summary>
    Applied,

    /// <summary>The store lost earlier batches of the lane; this one was not applied.</summary>
    Gap,

    /// <summary>
    /// The ledger needs ids that the batch has not; neither this nor an attempt before it was applied.
    /// </summary>
    LacksIds,

    /// <summary>Not sent: the store has no room for views of this site.</summary>
    Full,

    /// <summary>Not sent: the store may lose what it acknowledges, and the process ends.</summary>
    Unsafe,

    /// <summary>The ledger is damaged: somebody must come.</summary>
    Damaged,

    /// <summary>Not sent: the store cannot be reached.</summary>
    Unavailable,

    /// <summary>The store was restarted and does not know the script: nothing was written.</summary>
    Restarted,

    /// <summary>The store's own error: nothing was written.</summary>
    Rejected,

    /// <summary>As <see cref="Rejected"/>, by a script that could not read the ledger.</summary>
    Unreadable,

    /// <summary>It may be stored or not.</summary>
    Unclear,
}

/// <summary>What follows an attempt.</summary>
internal enum CommitMove
{
    /// <summary>The views are answered.</summary>
    Answer,

    /// <summary>At once, under a new name.</summary>
    SendInNewLane,

    /// <summary>Unchanged, after a while.</summary>
    SendAgain,

    /// <summary>The store is full.</summary>
    RefuseFull,

    /// <summary>Its lane goes with it: the number of the batch is never given to another one.</summary>
    GiveUp,
}

/// <summary>Which move follows which outcome.</summary>
internal static class CommitTransitions
{
    /// <param name="outcome">Of the last attempt.</param>
    /// <param name="isUnclear">An attempt before it may have stored the batch.</param>
    /// <param name="isAwaited">Somebody waits for one of its views.</param>
    public static CommitMove After(AttemptOutcome outcome, bool isUnclear, bool isAwaited) =>
        (outcome, isUnclear, isAwaited) switch
        {
            (AttemptOutcome.Applied, _, _) => CommitMove.Answer,
            (AttemptOutcome.Gap, _, _) => CommitMove.SendInNewLane,
            // Those who send their views again bring all that is needed.
            (AttemptOutcome.LacksIds, _, _) => CommitMove.GiveUp,
            // Nobody is let wait for a damaged ledger. A batch that may be stored is never sent again; a view of it that
            // comes again with its id is found.
            (AttemptOutcome.Damaged, _, _) => CommitMove.GiveUp,
            // From here on: what may be stored is sent until its receipt makes it clear.
            (AttemptOutcome.Unclear, _, _) or (_, true, _) => CommitMove.SendAgain,
            (AttemptOutcome.Full, false, _) => CommitMove.RefuseFull,
            (AttemptOutcome.Unsafe, false, _) => CommitMove.GiveUp,
            (_, false, true) => CommitMove.SendAgain,
            (_, false, false) => CommitMove.GiveUp,
        };
}
