using PortalServices.Contracts;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ConsumeArticles;

/// <summary>
/// The pages that content has published. They count on their own whatever the cap says, and are never folded away. The
/// mark is part of the page's record in the ledger, so it is there after a restart and on every replica; with it goes
/// the version of the article, so that of several events the highest version is true, in whatever order they come and
/// however often.
/// </summary>
public sealed class KnownPages
{
    /// <summary>Most pages of one article: as many as its event can name.</summary>
    public const int MaxPaths = ArticlePublished.MaxPreviousPaths + 1;

    private readonly ViewLedger _ledger;
    private readonly SiteList _sites;

    internal KnownPages(ViewLedger ledger, SiteList sites) => (_ledger, _sites) = (ledger, sites);

    /// <summary>Marks the pages of an article as published.</summary>
    /// <param name="site">A site of the site list.</param>
    /// <param name="article">The article.</param>
    /// <param name="version">Its version, from 1 to 2⁵³; when this one or a later one was told before, nothing
    /// changes.</param>
    /// <param name="paths">Its pages, previous ones included: identities, as the views of them give them; 1 to
    /// <see cref="MaxPaths"/>.</param>
    /// <exception cref="ArgumentException">The site is unknown, or a page or the version is none.</exception>
    public Task PublishAsync(string site, Guid article, long version, IReadOnlyCollection<string> paths) =>
        MarkAsync(site, article, version, paths, published: true);

    /// <summary>Takes the marks of an article away. Its pages keep their views.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    public Task WithdrawAsync(string site, Guid article, long version, IReadOnlyCollection<string> paths) =>
        MarkAsync(site, article, version, paths, published: false);

    /// <summary>
    /// Marks the pages of articles, or takes their marks away, as far as the ledger does not know it yet. What it knows
    /// costs a read and no write.
    /// </summary>
    /// <returns>
    /// How many articles were not known, and how many cannot be: of an unknown site, or with what is no page or
    /// version.
    /// </returns>
    internal async Task<(int Restored, int Refused)> RestoreAsync(string siteId, IReadOnlyList<ArticleMark> articles)
    {
        ArticleMark[] valid = _sites.TryGet(siteId, out var site)
            ? [.. articles.Where(article => Mistake(site, article) is null)]
            : [];
        var restored = 0;
        foreach (var some in valid.Chunk(ViewLedger.MaxMarkedArticles))
        {
            restored += await _ledger.WithProcessAsync(siteId, process => RestoreAsync(process, siteId, some));
        }

        return (restored, articles.Count - valid.Length);
    }

    private async Task<int> RestoreAsync(StoreProcess process, string site, ArticleMark[] articles)
    {
        var versions = await _ledger.ReadVersionsAsync(process, site, articles);
        var (restored, batch, paths) = (0, new List<ArticleMark>(), 0);
        foreach (var article in articles.Where((article, i) => article.Version > versions[i]))
        {
            // A script holds the whole store up, so it is not too much of them.
            if (batch.Count > 0 && paths + article.Paths.Count > MaxPaths)
            {
                restored += await _ledger.MarkPagesAsync(process, site, batch);
                (batch, paths) = ([], 0);
            }

            batch.Add(article);
            paths += article.Paths.Count;
        }

        return batch.Count == 0 ? restored : restored + await _ledger.MarkPagesAsync(process, site, batch);
    }

    private async Task MarkAsync(
        string siteId,
        Guid article,
        long version,
        IReadOnlyCollection<string> paths,
        bool published
    )
    {
        if (!_sites.TryGet(siteId, out var site))
        {
            throw new ArgumentException($"There is no site '{siteId}'.", nameof(siteId));
        }

        var mark = new ArticleMark(article, version, published, [.. paths.Distinct(StringComparer.Ordinal)]);
        if (Mistake(site, mark) is { } mistake)
        {
            throw new ArgumentException(mistake);
        }

        await _ledger.WithProcessAsync(siteId, process => _ledger.MarkPagesAsync(process, siteId, [mark]));
    }

    private static string? Mistake(Site site, ArticleMark article) =>
        article.Version is < 1 or > ViewLedger.MaxVersion
            ? $"{article.Version} is not a version from 1 to {ViewLedger.MaxVersion}."
        : article.Paths.Count is < 1 or > MaxPaths ? $"An article has 1 to {MaxPaths} pages, not {article.Paths.Count}."
        : article.Paths.FirstOrDefault(path =>
            !PageIdentity.TryParse(path, site, "", out var identity, out _) || identity != path
        )
            is { } none
            ? $"'{none}' is not the identity of a page."
        : null;
}
