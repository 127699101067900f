using System.Globalization;

namespace PortalServices.ViewRate;

/// <summary>What a process holds of the machine's memory.</summary>
internal static class ProcessMemory
{
    private const string Name = "VmRSS:";

    /// <summary>Its resident memory, as the kernel counts it.</summary>
    public static double MebibytesOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(
                line[Name.Length..].Replace("kB", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture
            ) / 1024;
    }
}
