using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// The views that a published page shows, as of one commit of its site's ledger. Told again and again, in any order:
/// the highest version is true.
/// </summary>
[MessageUrn("portal:page-views-counted:v1", useDefaultPrefix: false)]
[EntityName("portal.page-views-counted.v1")]
public sealed record PageViewsCounted
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The page, as counting identifies it: <c>/articles/…</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Counted views with baselines and corrections, since ever.</summary>
    public required long Views { get; init; }

    /// <summary>
    /// First part of the version: the ledger's epoch, which grows when the store is another one or an older copy of
    /// itself.
    /// </summary>
    public required long Epoch { get; init; }

    /// <summary>Second part of the version: the commit's number within the epoch.</summary>
    public required long Commit { get; init; }
}
