namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// Peers that stand for many clients, as CIDR blocks: their connections have no limit by address, and are not closed
/// for others.
/// </summary>
public sealed class TrustedPeers
{
    /// <summary>Set by whoever knows of some.</summary>
    public IEnumerable<string> Networks { get; set; } = [];
}
