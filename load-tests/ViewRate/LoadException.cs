namespace PortalServices.ViewRate;

/// <summary>The run is worth nothing, and why.</summary>
internal sealed class LoadException(string message) : Exception(message);
