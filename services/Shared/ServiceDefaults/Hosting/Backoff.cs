namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>How long to wait after failures in a row: twice as long each time, up to a bound.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Max">The bound.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Max)
{
    // Far beyond any bound, and far from an overflow.
    private const int MaxDoublings = 16;

    /// <summary>1, 2, 4, 8 and then 10 seconds: work goes on soon after what it needs is back.</summary>
    public static readonly Backoff Usual = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    /// <summary>The wait after so many failures, from 1 on.</summary>
    public TimeSpan After(int failures)
    {
        var wait = First * Math.Pow(2, Math.Clamp(failures - 1, 0, MaxDoublings));
        return wait < Max ? wait : Max;
    }
}
