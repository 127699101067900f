namespace PortalServices.Standalone.Tests.Host;

/// <summary>Doors at ports that the system chooses.</summary>
internal static class FreeDoors
{
    /// <summary>The settings that say so.</summary>
    public static string[] Arguments { get; } =
    [.. new[] { "Public", "Operators", "Probe" }.Select(door => $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0")];
}
