using System.Diagnostics;

namespace PortalServices.Testing;

/// <summary>Waiting for a condition, never for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    /// <summary>
    /// Reads until the value is as wanted; past the (generous) patience, fails and says what was read last.
    /// </summary>
    public static async Task<T> BecomesAsync<T>(
        Func<Task<T>> read,
        Func<T, bool> wanted,
        string what,
        CancellationToken cancel,
        TimeSpan? patience = null
    )
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }
            if (started.Elapsed > (patience ?? Patience))
            {
                throw new TimeoutException($"{what}: still {value} after {started.Elapsed.TotalSeconds:F0} s.");
            }
            await Task.Delay(20, cancel);
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task HoldsAsync(
        Func<Task<bool>> condition,
        string what,
        CancellationToken cancel,
        TimeSpan? patience = null
    ) => BecomesAsync(condition, holds => holds, what, cancel, patience);

    /// <summary>Waits until a condition holds.</summary>
    public static Task HoldsAsync(
        Func<bool> condition,
        string what,
        CancellationToken cancel,
        TimeSpan? patience = null
    ) => HoldsAsync(() => Task.FromResult(condition()), what, cancel, patience);
}
