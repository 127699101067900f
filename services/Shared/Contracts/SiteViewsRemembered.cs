using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// What was kept of a site's ledger before the <see cref="SiteViewsCounted"/> that this answers: of one that asks, and
/// of every first one of a new epoch.
/// Counting compares it with the ledger; to be told of it twice changes nothing.
/// </summary>
[MessageUrn("portal:site-views-remembered:v1", useDefaultPrefix: false)]
[EntityName("portal.site-views-remembered.v1")]
public sealed record SiteViewsRemembered
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <inheritdoc cref="SiteViewsCounted.Views"/>
    public required long Views { get; init; }

    /// <inheritdoc cref="SiteViewsCounted.Epoch"/>
    public required long Epoch { get; init; }

    /// <inheritdoc cref="SiteViewsCounted.Commit"/>
    public required long Commit { get; init; }
}
