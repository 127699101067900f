namespace PortalServices.Testing;

/// <summary>What <c>tests/run --fast</c> leaves out, for the loop between two edits.</summary>
public static class FastRun
{
    /// <summary>Whether it was asked for.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("PORTAL_TESTS_FAST") == "1";

    /// <summary>Of the ways to run a test, all, or the first alone: one process with files.</summary>
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> ways) => IsOn ? ways.Take(1) : ways;
}
