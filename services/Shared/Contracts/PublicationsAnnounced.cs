using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// Articles as they are at present, announced again and again, so that no mark of a published page stays lost. What is
/// news is an <see cref="ArticlePublished"/> or <see cref="ArticleWithdrawn"/> of its own. Of several messages about an
/// article, of these types too, the highest version is true.
/// </summary>
[MessageUrn("portal:publications-announced:v1", useDefaultPrefix: false)]
[EntityName("portal.publications-announced.v1")]
public sealed record PublicationsAnnounced
{
    /// <summary>Articles of one message.</summary>
    public const int MaxArticles = 500;

    /// <summary>
    /// Paths of one message, of all its articles together; with them, a message is at most 350,000 bytes of JSON.
    /// </summary>
    public const int MaxPaths = 2_000;

    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>Some of the site's articles, 1 to <see cref="MaxArticles"/>, each once.</summary>
    public required IReadOnlyList<ArticlePublication> Articles { get; init; }
}

/// <summary>An article in <see cref="PublicationsAnnounced"/>.</summary>
public sealed record ArticlePublication
{
    /// <summary>The article's id, the same for ever.</summary>
    public required Guid Article { get; init; }

    /// <summary>Whether visitors can read it; else they could once.</summary>
    public required bool IsPublished { get; init; }

    /// <summary>The article's version, as of <see cref="ArticlePublished.Version"/>.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// Its pages for counting, the present one first, then those under older slugs: 1 to
    /// <see cref="ArticlePublished.MaxPreviousPaths"/> and one.
    /// </summary>
    public required IReadOnlyList<string> Paths { get; init; }
}
