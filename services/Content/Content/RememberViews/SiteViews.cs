namespace PortalServices.Content.RememberViews;

/// <summary>
/// The last state of a site's ledger that counting told of, kept outside counting's store: what a store that lost its
/// data is compared with.
/// </summary>
internal sealed class SiteViews
{
    public required string Site { get; init; }

    /// <summary>Counted views, without baselines and corrections.</summary>
    public long Views { get; set; }

    /// <summary>With <see cref="Commit"/> the version: a lower one changes nothing.</summary>
    public long Epoch { get; set; }

    public long Commit { get; set; }
}
