using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// An article can be read by visitors, or something that the event says of it has changed while it could.
/// </summary>
[MessageUrn("portal:article-published:v1", useDefaultPrefix: false)]
[EntityName("portal.article-published.v1")]
public sealed record ArticlePublished : ArticleEvent
{
    /// <summary>Most of <see cref="ArticleEvent.PreviousPaths"/>; a consumer takes so many.</summary>
    public const int MaxPreviousPaths = 999;
}
