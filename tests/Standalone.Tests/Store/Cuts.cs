namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// Where a log is cut: at 12 places, or at every byte (of long stretches at 2,000 places) when <c>FULL_CUTS=1</c> is in
/// the environment.
/// </summary>
internal static class Cuts
{
    private const int Few = 12;
    private const int Many = 2_000;

    public static IEnumerable<long> Between(long first, long last)
    {
        var all = last - first + 1;
        var places = Environment.GetEnvironmentVariable("FULL_CUTS") == "1" ? Math.Min(all, Many) : Few;
        for (var i = 0L; i < places; i++)
        {
            yield return first + ((last - first) * i / (places - 1));
        }
    }
}
