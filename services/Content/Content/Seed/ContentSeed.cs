using System.Text.Json.Serialization;
using PortalServices.Content.Lookups;

namespace PortalServices.Content.Seed;

/// <summary><c>&lt;Seeds:Directory&gt;/&lt;site&gt;/content.json</c>, as seeds/README.md tells it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ContentSeed
{
    public IReadOnlyList<CategorySeed> Categories { get; init; } = [];

    public IReadOnlyList<ArticleSeed> Articles { get; init; } = [];

    public IReadOnlyList<VideoSeed> Videos { get; init; } = [];

    public IReadOnlyList<LookupSeed> Lookups { get; init; } = [];
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CategorySeed(string Slug, string Name, int Order = 0);

/// <summary>
/// An article. Its id is its name in the seeds, for ever: what was loaded once under it is not loaded again. The slug is
/// made of the title; the body is the file with the text, Markdown, beside the seed. It is published at an instant with
/// its zone.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ArticleSeed(
    string Id,
    string Title,
    string Body,
    DateTimeOffset PublishedAt,
    string? Summary = null,
    string? Author = null,
    string? Category = null,
    string? CoverImage = null,
    string? CoverAlt = null
);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record VideoSeed(
    string Id,
    string Title,
    string Url,
    DateTimeOffset PublishedAt,
    int DurationSeconds,
    string? Summary = null,
    string? Thumbnail = null
);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LookupSeed(
    string Slug,
    string Title,
    IReadOnlyList<LookupColumn> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    string? Summary = null
);
