namespace PortalServices.Testing;

/// <summary>How much longer than usual the tests go on: <c>tests/run --long</c> asks for it.</summary>
public static class LongRun
{
    /// <summary>Whether it was asked for.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("PORTAL_TESTS_LONG") == "1";

    /// <summary>1, or 5 in a long run: so many times as many views and failures.</summary>
    public static int Factor { get; } = IsOn ? 5 : 1;
}
