using PortalServices.Contracts;
using PortalServices.Counting.Pages;
using PortalServices.Counting.Storage;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting;

/// <summary>
/// The pages that content has published. They count on their own whatever the cap says, and are never folded away. The mark is part of the
/// page's record in the ledger, so it is there after a restart and on every replica; with it goes the version of the article, so that of several
/// events the highest version is true, in whatever order they come and however often.
/// </summary>
public sealed class KnownPages
{
    /// <summary>Most pages of one article: as many as its event can name.</summary>
    public const int MostPaths = ArticlePublished.MaxPreviousPaths + 1;

    private readonly StoreConnection _store;
    private readonly ViewLedger _ledger;
    private readonly SiteList _sites;

    internal KnownPages(StoreConnection store, ViewLedger ledger, SiteList sites) => (_store, _ledger, _sites) = (store, ledger, sites);

    /// <summary>Marks the pages of an article as published.</summary>
    /// <param name="site">A site of the site list.</param>
    /// <param name="article">The article.</param>
    /// <param name="version">Its version, from 1 to 2⁵³; when this one or a later one was told before, nothing changes.</param>
    /// <param name="paths">Its pages, previous ones included: identities, as the views of them give them; 1 to <see cref="MostPaths"/>.</param>
    /// <exception cref="ArgumentException">The site is unknown, or a page or the version is none.</exception>
    public Task PublishAsync(string site, Guid article, long version, IReadOnlyCollection<string> paths) =>
        MarkAsync(site, article, version, paths, published: true);

    /// <summary>Takes the marks of an article away. Its pages keep their views.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    public Task WithdrawAsync(string site, Guid article, long version, IReadOnlyCollection<string> paths) =>
        MarkAsync(site, article, version, paths, published: false);

    private async Task MarkAsync(string siteId, Guid article, long version, IReadOnlyCollection<string> paths, bool published)
    {
        if (!_sites.TryGet(siteId, out var site))
        {
            throw new ArgumentException($"There is no site '{siteId}'.", nameof(siteId));
        }

        if (version is < 1 or > ViewLedger.MostVersion)
        {
            throw new ArgumentException($"{version} is not a version from 1 to {ViewLedger.MostVersion}.", nameof(version));
        }

        if (paths.Count is < 1 or > MostPaths)
        {
            throw new ArgumentException($"An article has 1 to {MostPaths} pages, not {paths.Count}.", nameof(paths));
        }

        if (paths.FirstOrDefault(path => !PageIdentity.TryParse(path, site, "", out var identity, out _) || identity != path) is { } none)
        {
            throw new ArgumentException($"'{none}' is not the identity of a page.", nameof(paths));
        }

        string[] pages = [.. paths.Distinct(StringComparer.Ordinal)];
        await _store.WithProcessAsync(
            CountingKeys.Ledger(siteId), process => _ledger.MarkPagesAsync(process, siteId, article, version, published, pages));
    }
}
