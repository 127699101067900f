using System.Diagnostics.CodeAnalysis;
using MassTransit;

namespace PortalServices.Contracts;

/// <summary>An article that visitors could read can be read no more.</summary>
[MessageUrn("portal:article-withdrawn:v1", useDefaultPrefix: false)]
[EntityName("portal.article-withdrawn.v1")]
public sealed record ArticleWithdrawn : ArticleEvent
{
    /// <summary>Read from a message.</summary>
    public ArticleWithdrawn() { }

    /// <summary>Says of the same article that it is withdrawn.</summary>
    [SetsRequiredMembers]
    public ArticleWithdrawn(ArticleEvent article)
        : base(article) { }
}
