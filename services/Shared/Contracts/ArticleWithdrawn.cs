using MassTransit;

namespace PortalServices.Contracts;

/// <summary>An article that visitors could read can be read no more.</summary>
[MessageUrn("portal:article-withdrawn:v1", useDefaultPrefix: false)]
[EntityName("portal.article-withdrawn.v1")]
public sealed record ArticleWithdrawn
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The article's id, the same for ever.</summary>
    public required Guid Article { get; init; }

    /// <summary>The name in the address at present.</summary>
    public required string Slug { get; init; }

    /// <summary>The page for counting: <c>/articles/{slug}</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its pages under older slugs.</summary>
    public required IReadOnlyList<string> PreviousPaths { get; init; }

    /// <summary>Plain text.</summary>
    public required string Title { get; init; }

    /// <summary>Grows with every change of the article; of several events the highest version is true.</summary>
    public required long Version { get; init; }

    /// <summary>Of an article as it was, or would be, published.</summary>
    public static ArticleWithdrawn Of(ArticlePublished article)
    {
        ArgumentNullException.ThrowIfNull(article);
        return new ArticleWithdrawn
        {
            Site = article.Site,
            Article = article.Article,
            Slug = article.Slug,
            Path = article.Path,
            PreviousPaths = article.PreviousPaths,
            Title = article.Title,
            Version = article.Version,
        };
    }
}
