using PortalServices.Counting.Storage;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting;

/// <summary>
/// The pages that content has published. They count on their own whatever the cap says, and are never folded away. The mark is part of the
/// page's record in the ledger, so it is there after a restart and on every replica.
/// </summary>
public sealed class KnownPages
{
    private readonly StoreConnection _store;
    private readonly ViewLedger _ledger;
    private readonly SiteList _sites;

    internal KnownPages(StoreConnection store, ViewLedger ledger, SiteList sites) => (_store, _ledger, _sites) = (store, ledger, sites);

    /// <summary>Marks a page as published. Repeating it changes nothing.</summary>
    /// <param name="site">A site of the site list.</param>
    /// <param name="path">A page's identity, as the views of it give it.</param>
    /// <exception cref="ArgumentException">The site is unknown.</exception>
    public Task PublishAsync(string site, string path) => MarkAsync(site, path, published: true);

    /// <summary>Takes the mark away. The page keeps its views.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    public Task WithdrawAsync(string site, string path) => MarkAsync(site, path, published: false);

    private async Task MarkAsync(string site, string path, bool published)
    {
        if (!_sites.TryGet(site, out _))
        {
            throw new ArgumentException($"There is no site '{site}'.", nameof(site));
        }

        await _store.WithProcessAsync(CountingKeys.Ledger(site), process => _ledger.MarkKnownPageAsync(process, site, path, published));
    }
}
