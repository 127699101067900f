using System.Globalization;

namespace PortalServices.LoadTests.Commands;

/// <summary>Durations as they stand on the command line: <c>500ms</c>, <c>10s</c>, <c>5m</c>, <c>2h</c>.</summary>
internal static class Durations
{
    /// <summary>No run is longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (unit, seconds) in Units)
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                var all = number * seconds;
                duration = all <= Longest.TotalSeconds ? TimeSpan.FromSeconds(all) : default;
                return all > 0 && all <= Longest.TotalSeconds;
            }
        }
        return false;
    }
}
