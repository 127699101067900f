using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>
/// Notes in the ledgers that the store was put back from a backup: what had been acknowledged since is lost, and where
/// nothing tells how much that was, it is unknown.
/// </summary>
internal sealed class RestoredStore(
    SiteList list,
    ViewLedger ledger,
    AcknowledgedFile file,
    AcknowledgedStates acknowledged
)
{
    /// <summary>
    /// Whether a backup can have been made then, by clocks that differ by an hour at the most.
    /// </summary>
    public static bool IsInstant(DateTimeOffset backup, TimeProvider time) =>
        backup >= new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)
        && backup <= time.GetUtcNow() + TimeSpan.FromHours(1);

    /// <summary>A line for each site that is in the list, has a ledger, or had one.</summary>
    /// <param name="known">The ids of sites that the backup tells of.</param>
    /// <param name="backup">When the backup was made.</param>
    /// <exception cref="StartupException">The store is away or unsafe, or a ledger is damaged.</exception>
    public async Task<IReadOnlyList<string>> NoteAsync(IReadOnlyList<string> known, DateTimeOffset backup)
    {
        file.Load();
        List<string> lines = [];
        foreach (var site in await SitesAsync(known))
        {
            lines.Add(await NoteAsync(site, backup));
        }

        return lines;
    }

    /// <summary>The same for one site.</summary>
    public async Task<string> NoteAsync(string site, DateTimeOffset backup)
    {
        try
        {
            return $"{site}: " + await ledger.WithProcessAsync(site, process => NoteAsync(process, site, backup));
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            throw new StartupException($"{site}: {e.Message}");
        }
    }

    private async Task<IEnumerable<string>> SitesAsync(IReadOnlyList<string> known)
    {
        var sites = list.All.Select(site => site.Id).Union(known, StringComparer.Ordinal).ToList();
        try
        {
            foreach (var site in sites)
            {
                await ledger.ProcessOfAsync(site);
            }
            return sites.Union(await ledger.ReadSitesAsync(), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            throw new StartupException(e.Message);
        }
    }

    private async Task<string> NoteAsync(StoreProcess process, string site, DateTimeOffset backup)
    {
        var fields = await ledger.ReadFieldsAsync(process, site, CountingKeys.Totals);
        var present = new LedgerVersion(ViewLedger.Number(fields[1]), ViewLedger.Number(fields[0]));
        // The same is no news: it may be from before the last seconds, or have been copied with the backup.
        var isCompared =
            list.TryGet(site, out _) && acknowledged.Of(site).Any(state => state.Version.CompareTo(present) > 0);
        await ledger.NoteRestoreAsync(process, site, backup, isCompared);
        return isCompared
            ? "what was acknowledged is known, and compared at the next start"
            : "noted as restored, shown as storeLoss until an operator acknowledges it";
    }
}
