using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// Where a log is cut: at 6 places, or in a long run at every byte (of long stretches at 2,000 places).
/// </summary>
internal static class Cuts
{
    private const int Few = 6;
    private const int Many = 2_000;

    public static IEnumerable<long> Between(long first, long last)
    {
        var all = last - first + 1;
        var places = LongRun.IsOn ? Math.Min(all, Many) : Few;
        for (var i = 0L; i < places; i++)
        {
            yield return first + ((last - first) * i / (places - 1));
        }
    }
}
