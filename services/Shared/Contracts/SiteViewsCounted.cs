using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// The last state of a site's ledger that its store has acknowledged, told so that somebody outside the store keeps it.
/// Told again and again, in any order: the highest version is true.
/// </summary>
[MessageUrn("portal:site-views-counted:v1", useDefaultPrefix: false)]
[EntityName("portal.site-views-counted.v1")]
public sealed record SiteViewsCounted
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>Counted views of the site, since ever, without baselines and corrections.</summary>
    public required long Views { get; init; }

    /// <summary>
    /// First part of the version: the ledger's epoch; 0 for a ledger of which the sender knows nothing.
    /// </summary>
    public required long Epoch { get; init; }

    /// <summary>Second part of the version: the commit's number, which grows over all epochs.</summary>
    public required long Commit { get; init; }

    /// <summary>The sender asks for <see cref="SiteViewsRemembered"/>, whatever the version.</summary>
    public required bool Recall { get; init; }
}
