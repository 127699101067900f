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
    /// <summary>A line for each site.</summary>
    /// <param name="sites">Their ids.</param>
    /// <param name="backup">When the backup was made.</param>
    /// <exception cref="StartupException">The store is away or unsafe, or a ledger is damaged.</exception>
    public async Task<IReadOnlyList<string>> NoteAsync(IReadOnlyList<string> sites, DateTimeOffset backup)
    {
        file.Load();
        List<string> lines = [];
        foreach (var site in sites)
        {
            try
            {
                lines.Add(
                    $"{site}: " + await ledger.WithProcessAsync(site, process => NoteAsync(process, site, backup))
                );
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                throw new StartupException($"{site}: {e.Message}");
            }
        }

        return lines;
    }

    private async Task<string> NoteAsync(StoreProcess process, string site, DateTimeOffset backup)
    {
        var fields = await ledger.ReadFieldsAsync(process, site, CountingKeys.Totals);
        var present = new LedgerVersion(ViewLedger.Number(fields[1]), ViewLedger.Number(fields[0]));
        if (list.TryGet(site, out _) && acknowledged.Of(site).Any(state => state.Version.CompareTo(present) >= 0))
        {
            return "what was acknowledged is known, and compared at the next start";
        }

        return await ledger.NoteRestoreAsync(process, site, backup)
            ? "noted as restored, shown as storeLoss until an operator acknowledges it"
            : "no views yet";
    }
}
