using System.Globalization;

namespace PortalServices.Testing.Processes;

/// <summary>What a host may take of the machine, as a small machine or a container would give it.</summary>
/// <param name="Descriptors">File descriptors.</param>
/// <param name="HeapBytes">The runtime's heap; in a container it is three quarters of the memory.</param>
public sealed record HostLimits(int Descriptors, long HeapBytes)
{
    internal IEnumerable<string> Command => ["prlimit", string.Create(CultureInfo.InvariantCulture, $"--nofile={Descriptors}:{Descriptors}")];

    internal Dictionary<string, string> Environment(IReadOnlyDictionary<string, string>? others) => new(others ?? new Dictionary<string, string>())
    {
        ["DOTNET_GCHeapHardLimit"] = HeapBytes.ToString("x", CultureInfo.InvariantCulture),
    };
}
