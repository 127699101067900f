using PortalServices.Counting.Ledger;

namespace PortalServices.Counting.AnnounceViews;

/// <summary>
/// The published pages of a site, some thousand at a time by their paths: the ledger is gone through once for each such
/// part.
/// </summary>
internal sealed class PublishedPages(string site, ScanGate scans, ViewLedger ledger)
{
    /// <summary>Most pages at a time; all that is held of a site however many it has.</summary>
    public const int MaxAtOnce = 10_000;

    private string _after = "";
    private bool _isAtEnd;

    /// <summary>The next ones; none at the end. When it fails, it can be asked again.</summary>
    public async Task<IReadOnlyList<string>> NextAsync()
    {
        if (_isAtEnd)
        {
            return [];
        }

        var next = new SortedSet<string>(StringComparer.Ordinal);
        await ledger.ProcessOfAsync(site);
        // Only the paths, and only from the store: whoever asks for a ranking meanwhile waits for it.
        await scans.RunAsync(async () =>
        {
            await foreach (var field in ledger.ScanAsync(site, CountingKeys.PageFields))
            {
                if (
                    CountingKeys.PathOf((string)field.Name!) is { } path
                    && string.CompareOrdinal(path, _after) > 0
                    && PageRecord.Parse((string)field.Value!).IsPublished
                    && next.Add(path)
                    && next.Count > MaxAtOnce
                )
                {
                    next.Remove(next.Max!);
                }
            }
        });
        _isAtEnd = next.Count < MaxAtOnce;
        _after = next.Max ?? _after;
        return [.. next];
    }

    /// <summary>What some of them show, as of one commit; those that are not published any more are left out.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, PageViews>>> ReadAsync(IReadOnlyList<string> paths)
    {
        const long NoBucket = 0;
        var read = await ledger.WithProcessAsync(
            site,
            process => ledger.ReadAsync(process, site, NoBucket, NoBucket, paths)
        );
        return
        [
            .. read
                .Pages.Where(page => page.Value.IsPublished)
                .Select(page => KeyValuePair.Create(page.Key, new PageViews(page.Value.ShownTotal, read.Site.Version))),
        ];
    }
}
