using PortalServices.Contracts;
using PortalServices.Counting.AnnounceViews;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;
using PortalServices.Messaging.Bus;

namespace PortalServices.Counting.RequestPages;

/// <summary>
/// Asks content for the publications of a site again when the process starts, and when its ledger is of another epoch:
/// a store that was lost or set back has lost marks of published pages, too. What the pages show by then is announced
/// anew, under the new epoch.
/// </summary>
internal sealed class PublishedPagesRequests(
    SiteList sites,
    ViewLedger ledger,
    LedgerEpochs epochs,
    ChangedPages changed,
    EventAnnouncer events
) : IPeriodicWork
{
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal),
        _asked = new(StringComparer.Ordinal);
    private int _untaken;

    public string Name => "asking for published pages";

    public Backoff Backoff => ViewAnnouncer.WhileNothingIsTaken;

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        var isTaken = true;
        foreach (var site in sites.All)
        {
            var id = site.Id;
            if (await EpochAsync(id) is not { } epoch)
            {
                continue;
            }

            if (_seen.TryGetValue(id, out var before) && before != epoch)
            {
                changed.AnnounceAll(id);
            }

            _seen[id] = epoch;
            // Where one waited in vain for the bus, the others need not.
            if (isTaken && (!_asked.TryGetValue(id, out var asked) || asked != epoch))
            {
                isTaken = await events.TryPublishAsync(
                    new PublishedPagesRequested { Site = id, Epoch = epoch },
                    stopping
                );
                if (isTaken)
                {
                    _asked[id] = epoch;
                }
            }
        }

        _untaken = isTaken ? 0 : _untaken + 1;
        return Backoff.After(_untaken + 1);
    }

    /// <summary>The epoch of a site's ledger; null while the store is away.</summary>
    private async Task<long?> EpochAsync(string site)
    {
        const long NoBucket = 0;
        if (epochs.Of(site) is { } seen)
        {
            return seen;
        }

        try
        {
            var read = await ledger.WithProcessAsync(
                site,
                process => ledger.ReadAsync(process, site, NoBucket, NoBucket, [])
            );
            return read.Site.Version.Epoch;
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return null;
        }
    }
}
