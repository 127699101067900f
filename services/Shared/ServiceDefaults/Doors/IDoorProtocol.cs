using Microsoft.AspNetCore.Connections;

namespace PortalServices.ServiceDefaults.Doors;

/// <summary>A protocol that a door takes beside HTTP; a connection shows by its first bytes which it speaks.</summary>
public interface IDoorProtocol
{
    /// <summary>The door.</summary>
    Door Door { get; }

    /// <summary>Runs a connection to its end, or hands it on with nothing taken from it.</summary>
    Task RunAsync(ConnectionContext connection, ConnectionDelegate http);
}
