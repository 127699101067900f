namespace PortalServices.Content.Videos;

/// <summary>A video of the portal's video block. Instants are milliseconds since 1970 UTC.</summary>
internal sealed class Video : IVersioned
{
    /// <summary>A day, in seconds.</summary>
    public const int MaxDuration = 24 * 60 * 60;

    public required Guid Id { get; init; }

    public required string Site { get; init; }

    public required string Title { get; set; }

    public string Summary { get; set; } = "";

    /// <summary>Where it plays: http or https.</summary>
    public required string Url { get; set; }

    /// <summary>Address of a still picture; null for none.</summary>
    public string? Thumbnail { get; set; }

    public int DurationSeconds { get; set; }

    /// <summary>The date that visitors see; before it, they do not see the video.</summary>
    public long PublishedAt { get; set; }

    public long Version { get; set; }
}
