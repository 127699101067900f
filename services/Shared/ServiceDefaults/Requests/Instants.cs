namespace PortalServices.ServiceDefaults;

/// <summary>Instants as databases keep them: milliseconds since 1970 UTC.</summary>
public static class Instants
{
    /// <summary>The instant, UTC.</summary>
    public static DateTime Of(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;
}
