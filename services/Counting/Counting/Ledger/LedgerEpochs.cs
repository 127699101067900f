using PortalServices.Counting.Model;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// The epoch in which this process has seen each site's ledger last. Another one, a lower one too, means that the store
/// is another one, an older copy of itself, or was restarted.
/// </summary>
internal sealed class LedgerEpochs(SiteList sites)
{
    private const long Unknown = -1;

    private readonly PerSite<Seen> _bySite = new(sites, _ => new Seen());

    /// <summary>A reply of the store was of this epoch; 0 of a site without a ledger.</summary>
    public void See(string site, long epoch)
    {
        // Every commit comes by here, and next to none brings another one.
        if (_bySite.TryGet(site, out var seen) && Volatile.Read(ref seen.Epoch) != epoch)
        {
            Volatile.Write(ref seen.Epoch, epoch);
        }
    }

    /// <summary>The epoch seen last; null before the first.</summary>
    public long? Of(string site) =>
        Volatile.Read(ref _bySite.Of(site).Epoch) is var epoch and not Unknown ? epoch : null;

    private sealed class Seen
    {
        public long Epoch = Unknown;
    }
}
