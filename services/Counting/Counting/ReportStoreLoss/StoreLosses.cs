using System.Collections.Concurrent;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>
/// The ledgers whose store lost what it had acknowledged, as no operator has acknowledged yet. The ledger itself tells
/// of it, so every replica knows, after a restart, too.
/// </summary>
internal sealed partial class StoreLosses(
    PerSite<SiteReader> readers,
    ViewLedger ledger,
    AcknowledgedStates acknowledged,
    ILogger<StoreLosses> logger
)
{
    private readonly ConcurrentDictionary<string, StoreLoss> _open = new(StringComparer.Ordinal);

    /// <summary>By site, as seen last.</summary>
    public IReadOnlyDictionary<string, StoreLoss> Open => _open;

    /// <summary>
    /// Compares what is known to be acknowledged of a site with its ledger, and takes note of what the ledger tells.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store is away; as are other exceptions of the store. What was to
    /// be compared stays so.</exception>
    public async Task CompareAsync(string site)
    {
        // Without any, what the ledger tells is asked for all the same.
        foreach (var state in acknowledged.Of(site).DefaultIfEmpty())
        {
            await CompareAsync(site, state);
        }
    }

    /// <summary>Compares a state that somebody else kept.</summary>
    /// <inheritdoc cref="CompareAsync(string)"/>
    public async Task CompareAsync(string site, LedgerState state)
    {
        var comparison = await ledger.WithProcessAsync(site, process => ledger.CompareAsync(process, site, state));
        acknowledged.Compared(site, state, comparison);
        if (comparison.Verdict == StateVerdict.Noted)
        {
            var (expected, found) = (comparison.Open!.Expected, comparison.Open.Found);
            LogLoss(
                site,
                expected.Views,
                expected.Version.Epoch,
                expected.Version.Commit,
                found.Views,
                found.Version.Epoch,
                found.Version.Commit
            );
            CountingTelemetry.StoreLosses.Add(1);
        }

        await SeeAsync(site, comparison.Open);
    }

    /// <summary>What a ledger tells now.</summary>
    public async Task SeeAsync(string site, StoreLoss? loss)
    {
        var changed = loss is null
            ? _open.TryRemove(site, out _)
            : !_open.TryGetValue(site, out var known) || known != loss;
        if (loss is not null)
        {
            _open[site] = loss;
        }
        CountingTelemetry.OpenStoreLosses.Record(_open.Count);

        // So that this process' own readers are told at once.
        if (changed && readers.TryGet(site, out var reader) && reader.Latest is not null)
        {
            await reader.ReadNowAsync([]);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The store lost views of {Site} that it had acknowledged: {ExpectedViews} were counted (epoch {ExpectedEpoch}, commit {ExpectedCommit}), and it came back with {FoundViews} (epoch {FoundEpoch}, commit {FoundCommit}). Restore the store, or acknowledge the loss: until then the numbers are shown with storeLoss."
    )]
    private partial void LogLoss(
        string site,
        long expectedViews,
        long expectedEpoch,
        long expectedCommit,
        long foundViews,
        long foundEpoch,
        long foundCommit
    );
}
