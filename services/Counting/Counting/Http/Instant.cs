namespace PortalServices.Counting.Http;

/// <summary>Instants as they come in addresses and bodies.</summary>
internal static class Instant
{
    private static readonly DateTimeOffset Earliest = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Reads an ISO 8601 date and time with its zone, between 1970 and 9000: <c>2026-11-25T00:00:00Z</c>,
    /// <c>2026-11-25T07:00+07:00</c>.
    /// </summary>
    /// <remarks>
    /// In an address a plus sign that was not escaped arrives as a space; at its place nothing else can be meant.
    /// </remarks>
    public static bool TryParse(string? text, out DateTimeOffset instant)
    {
        instant = default;
        return text is { Length: > 6 and < 40 }
            && Instants.TryParse(text[^6] == ' ' ? $"{text[..^6]}+{text[^5..]}" : text, out instant)
            && instant >= Earliest
            && instant < Latest;
    }
}
