using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// Counting asks for all publications of a site again: its process has started, or its ledger is of another epoch,
/// because the store is another one or an older copy of itself. <see cref="PublicationsAnnounced"/> answers it.
/// </summary>
[MessageUrn("portal:published-pages-requested:v1", useDefaultPrefix: false)]
[EntityName("portal.published-pages-requested.v1")]
public sealed record PublishedPagesRequested
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The epoch of the ledger as counting read it; 0 while the site has no ledger.</summary>
    public required long Epoch { get; init; }
}
