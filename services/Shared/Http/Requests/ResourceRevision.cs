using Microsoft.Net.Http.Headers;

namespace PortalServices.Http.Requests;

/// <summary>
/// Names the state of everything that a reply is made of, where that can be known before the reply is made: a client
/// that has a reply of this revision is answered with 304 before the work. Other revisions may make the same reply, so
/// the tag is the reply's hash with the revision behind it.
/// </summary>
/// <param name="Tag">Hexadecimal digits.</param>
/// <param name="ChangedAt">When it came to be.</param>
/// <param name="Now">The present.</param>
public sealed record ResourceRevision(string Tag, DateTimeOffset ChangedAt, DateTimeOffset Now)
{
    private const char Separator = '-';

    // Dates of HTTP have no fractions: within its second, and with clocks that differ a little, there may be another
    // change.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(3);

    /// <summary>
    /// In whole seconds; null for one that came to be a moment ago, and cannot be told from the next by its second.
    /// </summary>
    public DateTimeOffset? LastModified =>
        Now - ChangedAt < SettledAfter ? null : ChangedAt.AddTicks(-(ChangedAt.Ticks % TimeSpan.TicksPerSecond));

    /// <summary>Whether a client has a reply of this revision.</summary>
    public bool IsIn(EntityTagHeaderValue held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return PartsOf(held) is [_, { } revision] && revision == Tag;
    }

    internal static string TagOf(string hash, ResourceRevision? revision) =>
        revision is null ? $"\"{hash}\"" : $"\"{hash}{Separator}{revision.Tag}\"";

    internal static string? HashIn(EntityTagHeaderValue held) => PartsOf(held)[0];

    private static string[] PartsOf(EntityTagHeaderValue held) => held.Tag.ToString().Trim('"').Split(Separator);
}
