using System.ComponentModel.DataAnnotations;

namespace PortalServices.Content;

/// <summary>Settings of content, section <c>Content</c>.</summary>
public sealed class ContentOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Content";

    /// <summary>After how many days the words of ratings are deleted. They may name people.</summary>
    [Range(1, 3_650)]
    public int KeepRatingWordsDays { get; set; } = 180;
}
