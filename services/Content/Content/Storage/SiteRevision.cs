namespace PortalServices.Content.Storage;

/// <summary>
/// Names the present content of a site: every change of what visitors read, views included, gives it another tag.
/// Triggers write it, so that no change is forgotten. A random tag and no number: a database that was restored from a
/// copy never gives one twice.
/// </summary>
internal sealed class SiteRevision
{
    public const int TagLength = 32;

    public required string Site { get; init; }

    /// <summary>32 hexadecimal digits.</summary>
    public required string Tag { get; init; }

    /// <summary>When it came to be, by the database's clock, in milliseconds since 1970 UTC.</summary>
    public required long ChangedAt { get; init; }
}
