using System.Text.Json.Serialization;
using PortalServices.Content.Search;

namespace PortalServices.Content.Articles;

/// <summary>What every reply shows of an article, before the fields that have no order of their own.</summary>
// Fields of replies have setters, by which the API document shows whether they can be left out.
internal abstract class ArticleReply(ArticleFields article)
{
    /// <summary>The name in its address.</summary>
    [JsonPropertyOrder(-3)]
    public string Slug { get; init; } = article.Slug;

    /// <summary>Its page for counting.</summary>
    [JsonPropertyOrder(-3)]
    public string Path { get; init; } = ArticlePath.Of(article.Slug);

    /// <summary>Plain text.</summary>
    [JsonPropertyOrder(-1)]
    public string Title { get; init; } = article.Title;

    /// <summary>Plain text.</summary>
    [JsonPropertyOrder(-1)]
    public string Summary { get; init; } = article.Summary;

    /// <summary>Plain text.</summary>
    [JsonPropertyOrder(-1)]
    public string Author { get; init; } = article.Author;

    /// <summary>Slug of its category; left out where it has none.</summary>
    [JsonPropertyOrder(-1)]
    public string? Category { get; init; } = article.Category;

    /// <summary>Address of its cover image; left out where it has none.</summary>
    [JsonPropertyOrder(-1)]
    public string? CoverImage { get; init; } = article.CoverImage;

    /// <summary>What that shows, for those who cannot see it.</summary>
    [JsonPropertyOrder(-1)]
    public string? CoverAlt { get; init; } = article.CoverAlt;
}

/// <summary>An article in a list.</summary>
internal sealed class ArticleItem(ArticleHeader article, long views, Snippet? snippet) : ArticleReply(article)
{
    /// <summary>UTC.</summary>
    public DateTime PublishedAt { get; init; } = Instants.Of(article.PublishedAt ?? 0);

    /// <summary>The total that is shown.</summary>
    public long Views { get; init; } = views;

    /// <summary>
    /// Of a search, where it was found in the text; left out where its title, author or category alone has the words.
    /// </summary>
    public Snippet? Snippet { get; init; } = snippet;
}

/// <summary>An article as visitors read it.</summary>
internal sealed class ArticleDetail(Article article, long views) : ArticleReply(article)
{
    /// <summary>UTC.</summary>
    public DateTime PublishedAt { get; init; } = Instants.Of(article.PublishedAt ?? 0);

    /// <summary>UTC.</summary>
    public DateTime ChangedAt { get; init; } = Instants.Of(article.ChangedAt);

    /// <summary>The body: harmless HTML.</summary>
    public string Html { get; init; } = article.Html;

    /// <summary>The total that is shown.</summary>
    public long Views { get; init; } = views;
}

/// <summary>An article as editors see it.</summary>
internal sealed class EditorArticle(ArticleHeader article, long views) : ArticleReply(article), IVersioned
{
    /// <summary>Names it for ever.</summary>
    [JsonPropertyOrder(-4)]
    public Guid Id { get; init; } = article.Id;

    /// <summary>What becomes of it.</summary>
    [JsonPropertyOrder(-2)]
    public ArticleState State { get; init; } = article.State;

    /// <summary>What the body is written in.</summary>
    public ArticleFormat Format { get; init; } = article.Format;

    /// <summary>As its author wrote it; left out in lists.</summary>
    public string? Body { get; init; } = (article as Article)?.Body;

    /// <summary>The body as it is shown; left out in lists.</summary>
    public string? Html { get; init; } = (article as Article)?.Html;

    /// <summary>When it was, or is to be, published, UTC; left out where that was never said.</summary>
    public DateTime? PublishedAt { get; init; } = article.PublishedAt is { } at ? Instants.Of(at) : null;

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; init; } = Instants.Of(article.CreatedAt);

    /// <summary>UTC.</summary>
    public DateTime ChangedAt { get; init; } = Instants.Of(article.ChangedAt);

    /// <summary>The operator who changed it last.</summary>
    public string ChangedBy { get; init; } = article.ChangedBy;

    /// <summary>Grows by one with each change; the entity tag.</summary>
    public long Version { get; init; } = article.Version;

    /// <summary>The total that is shown.</summary>
    public long Views { get; init; } = views;
}
