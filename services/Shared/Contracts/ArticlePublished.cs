using MassTransit;

namespace PortalServices.Contracts;

/// <summary>An article can be read by visitors, or what is told of it here has changed while it could.</summary>
[MessageUrn("portal:article-published:v1", useDefaultPrefix: false)]
[EntityName("portal.article-published.v1")]
public sealed record ArticlePublished
{
    /// <summary>Most of <see cref="PreviousPaths"/>; a consumer takes so many.</summary>
    public const int MaxPreviousPaths = 999;

    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The article's id, the same for ever.</summary>
    public required Guid Article { get; init; }

    /// <summary>The name in the address at present.</summary>
    public required string Slug { get; init; }

    /// <summary>The page for counting: <c>/articles/{slug}</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its pages under older slugs, which count for it, too.</summary>
    public required IReadOnlyList<string> PreviousPaths { get; init; }

    /// <summary>Plain text.</summary>
    public required string Title { get; init; }

    /// <summary>Grows with every change of the article; of several events the highest version is true.</summary>
    public required long Version { get; init; }
}
