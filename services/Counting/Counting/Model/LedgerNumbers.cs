namespace PortalServices.Counting.Model;

/// <summary>
/// Which state of a ledger a number is from. Later ones compare greater, also after an older file of the store was
/// restored.
/// </summary>
internal readonly record struct LedgerVersion(long Epoch, long Commit) : IComparable<LedgerVersion>
{
    public int CompareTo(LedgerVersion other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Commit.CompareTo(other.Commit);

    /// <summary>Whether no commit lies between the other one and this.</summary>
    public bool Follows(LedgerVersion other) => Epoch == other.Epoch && Commit == other.Commit + 1;
}

/// <summary>
/// The numbers of a site as of one commit. Counted views, baselines and corrections are kept apart; what is shown is
/// their sum.
/// </summary>
internal sealed record SiteNumbers
{
    public required LedgerVersion Version { get; init; }

    /// <summary>View ids first sent up to then may have been forgotten: store time in ms. It only grows.</summary>
    public required long IdHorizon { get; init; }

    /// <summary>Whether ids by the earlier hash are looked for.</summary>
    public bool NeedsEarlierIds { get; init; }

    /// <summary>Bucket names that the day's and week's numbers belong to.</summary>
    public required long Day { get; init; }

    public required long Week { get; init; }

    public required long CountedTotal { get; init; }

    public required long CountedDay { get; init; }

    public required long CountedWeek { get; init; }

    /// <summary>Baselines and corrections together.</summary>
    public required long AdjustedTotal { get; init; }

    public required long AdjustedDay { get; init; }

    public required long AdjustedWeek { get; init; }

    /// <summary>Visitors of the weeks that are closed and frozen.</summary>
    public required long FrozenVisitors { get; init; }

    /// <summary>Weeks with views whose visitors are not frozen yet.</summary>
    public required IReadOnlyList<long> OpenWeeks { get; init; }

    /// <summary>The store lost acknowledged commits, and no operator has acknowledged that yet.</summary>
    public bool StoreLoss { get; init; }

    public ViewTotals Shown => new(CountedDay + AdjustedDay, CountedWeek + AdjustedWeek, CountedTotal + AdjustedTotal);
}

/// <summary>Views, or visitors, of today, of this week and in all.</summary>
internal readonly record struct ViewTotals(long Today, long Week, long Total);
