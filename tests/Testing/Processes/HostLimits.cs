using System.Globalization;

namespace PortalServices.Testing.Processes;

/// <summary>What a host may take of the machine, as a small machine or a container would give it.</summary>
/// <param name="Descriptors">File descriptors.</param>
/// <param name="HeapBytes">The runtime's heap; in a container it is three quarters of the memory.</param>
/// <param name="Disk">What its files are on.</param>
public sealed record HostLimits(int? Descriptors = null, long? HeapBytes = null, SmallDisk? Disk = null)
{
    internal IEnumerable<string> Command =>
        [
            .. Descriptors is { } most
                ? ["prlimit", string.Create(CultureInfo.InvariantCulture, $"--nofile={most}:{most}")]
                : Array.Empty<string>(),
            .. Disk?.Command ?? [],
        ];

    internal Dictionary<string, string> Environment(IReadOnlyDictionary<string, string>? others)
    {
        var all = new Dictionary<string, string>(others ?? new Dictionary<string, string>());
        if (HeapBytes is { } bytes)
        {
            all["DOTNET_GCHeapHardLimit"] = bytes.ToString("x", CultureInfo.InvariantCulture);
        }
        return all;
    }
}
