namespace PortalServices.LoadTests;

/// <summary>The stable codes of the tool's errors.</summary>
internal static class ErrorCode
{
    public const string InvalidOption = "invalid_option",
        TargetUnreachable = "target_unreachable",
        TargetFailed = "target_failed",
        UnknownSite = "unknown_site",
        NotALoadTestSite = "not_a_load_test_site",
        NothingToRead = "nothing_to_read",
        HistoryUnreadable = "history_unreadable",
        HistoryUnwritable = "history_unwritable",
        ReportUnreadable = "report_unreadable",
        ReportUnwritable = "report_unwritable",
        SuiteFailed = "suite_failed",
        FaultFailed = "fault_failed";
}

/// <summary>The tool cannot do what it was asked for.</summary>
/// <param name="code">Stable, for programs.</param>
/// <param name="message">For people, in one line.</param>
internal sealed class ToolException(string code, string message) : Exception(message)
{
    /// <summary>Stable, for programs: one of <see cref="ErrorCode"/>.</summary>
    public string Code => code;
}

/// <summary>What the tool's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>Whatever was to be decided holds.</summary>
    public const int Valid = 0;

    /// <summary>A view was lost or counted twice.</summary>
    public const int Invalid = 1;

    /// <summary>Something could not be decided.</summary>
    public const int Unknown = 2;

    /// <summary>A threshold was missed.</summary>
    public const int ThresholdMissed = 3;

    /// <summary>The tool failed.</summary>
    public const int ToolFailed = 4;
}
