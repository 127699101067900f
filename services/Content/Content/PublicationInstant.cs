namespace PortalServices.Content;

/// <summary>
/// When something is, or is to be, published: from 1990 until five years ahead, with its zone, as of ISO 8601, since an
/// editor's own clock is not known here.
/// </summary>
internal static class PublicationInstant
{
    private static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(5 * 366);
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads it, in milliseconds since 1970 UTC.</summary>
    public static bool TryRead(string text, DateTimeOffset now, out long instant)
    {
        var isRead = Instants.TryParse(text, out var at) && at >= Earliest && at <= now + FarthestAhead;
        instant = at.ToUnixTimeMilliseconds();
        return isRead;
    }
}
