using System.Globalization;

namespace PortalServices.ServiceDefaults;

/// <summary>
/// What the gateway and a service tell each other beside a request. Taken from no client and shown to none.
/// </summary>
public static class GatewayHeaders
{
    /// <summary>On every reply of a process that was asked to end, at the doors for the gateway.</summary>
    public const string Draining = "X-Portal-Draining";

    /// <summary>
    /// How long a request has waited since its client sent it, as far as it was seen: whole milliseconds.
    /// </summary>
    public const string Waited = "X-Portal-Waited";

    // Far more than anything waits.
    internal const int MaxDigits = 12;

    /// <summary>Adds to the time that a request has waited.</summary>
    public static void AddWaited(IHeaderDictionary headers, TimeSpan time)
    {
        ArgumentNullException.ThrowIfNull(headers);
        // Rounded up: a view that looks older than it is may be refused, one that looks younger may count twice.
        var more = (long)Math.Ceiling(time.TotalMilliseconds);
        if (more > 0)
        {
            headers[Waited] = (WaitedMilliseconds(headers) + more).ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Milliseconds that a request has waited; 0 when it does not say.</summary>
    public static long WaitedMilliseconds(IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return
            headers.TryGetValue(Waited, out var waited)
            && waited is [{ Length: <= MaxDigits } text]
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? milliseconds
            : 0;
    }
}
