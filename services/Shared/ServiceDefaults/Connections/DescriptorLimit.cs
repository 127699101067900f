using System.Globalization;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// How many file descriptors this process may have open. Where that cannot be read (Windows has no such limit), no
/// limit is assumed.
/// </summary>
internal static class DescriptorLimit
{
    private const string Limits = "/proc/self/limits",
        Row = "Max open files";

    // The runtime raises the soft limit to the hard one at its start (not on macOS, where there is no such file
    // either).
    public static int Current { get; } = Read();

    private static int Read()
    {
        try
        {
            var row = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
            return
                row?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
                && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                ? limit
                : int.MaxValue;
        }
        catch (IOException)
        {
            return int.MaxValue;
        }
    }
}
