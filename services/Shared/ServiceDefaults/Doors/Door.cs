namespace PortalServices.ServiceDefaults.Doors;

/// <summary>Where a connection came in: the name of the Kestrel endpoint, whatever its port.</summary>
public enum Door
{
    /// <summary>The internet.</summary>
    Public,

    /// <summary>Operators, their tools and pages.</summary>
    Operators,

    /// <summary>Metrics and health, for machines that watch.</summary>
    Probe,

    /// <summary>From the gateway to a service.</summary>
    Internal,
}

/// <summary>Tells which door a request came through.</summary>
public static class DoorExtensions
{
    /// <summary>
    /// The door of the connection; null where the server has none, as in a test server without sockets.
    /// </summary>
    public static Door? Door(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<DoorFeature>()?.Door;
    }
}

/// <summary>Set on the connection, found by each of its requests.</summary>
internal sealed record DoorFeature(Door Door);
