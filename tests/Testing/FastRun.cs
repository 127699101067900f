namespace PortalServices.Testing;

/// <summary>What <c>tests/run --fast</c> leaves out, for the loop between two edits.</summary>
public static class FastRun
{
    /// <summary>Whether it was asked for.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("PORTAL_TESTS_FAST") == "1";
}
