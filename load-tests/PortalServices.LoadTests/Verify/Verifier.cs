using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Scenarios;

namespace PortalServices.LoadTests.Verify;

/// <summary>What the check may take.</summary>
/// <param name="ResolveFor">How long unknown views are sent again.</param>
/// <param name="SettleFor">How long targets may take to show what was acknowledged.</param>
internal sealed record VerifierLimits(TimeSpan ResolveFor, TimeSpan SettleFor);

/// <summary>
/// Checks a history against what every target shows: acknowledged ⊆ counted ⊆ sent, none twice. It reads the file alone,
/// so a run that died is checked like one that did not.
/// </summary>
internal sealed class Verifier(VerifierLimits limits, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="targets">The targets that are asked.</param>
    /// <param name="resolves">Whether unknown views are sent again; else the file is only read.</param>
    /// <param name="ledger">The ledger of a suite that the tool started; null of any other.</param>
    /// <param name="needsFaults">Whether a run without a fault that hit requests is undecided.</param>
    /// <param name="cancel">Ends it: what is not decided by then is not.</param>
    public async Task<Verification> VerifyAsync(
        string path,
        IReadOnlyList<Uri> targets,
        bool resolves,
        ILedgerIds? ledger,
        bool needsFaults,
        CancellationToken cancel
    )
    {
        var header = HistoryFile.ReadHeader(path);
        var states = ViewStates.Read(path, header);
        if (resolves && states.Open.Where(view => view.MayBeCounted).ToList() is { Count: > 0 } unknown)
        {
            using (var history = HistoryWriter.Continue(path, header, time))
            {
                await new Resolver(header, targets, history, time).ResolveAsync(unknown, limits.ResolveFor, cancel);
            }
            states = ViewStates.Read(path, header);
        }

        var apis = targets.Select(target => new PublicApi(target, TimeSpan.FromSeconds(15))).ToList();
        try
        {
            var counted = new CountedPages(header, states);
            var started = time.GetTimestamp();
            while (true)
            {
                await counted.ReadAsync(apis, cancel);
                var found = new Judgement(header, states, counted, needsFaults).Verdict();
                // What a target shows may be two seconds old.
                if ((found.Lost == 0 && counted.Silent.Count == 0) || time.GetElapsedTime(started) > limits.SettleFor)
                {
                    return ledger is null ? found : await ledger.CheckAsync(found, header, states, path, cancel);
                }
                await Task.Delay(Pause, time, cancel);
            }
        }
        finally
        {
            apis.ForEach(api => api.Dispose());
        }
    }
}

/// <summary>The ledger behind the targets, where the tool may read it.</summary>
internal interface ILedgerIds
{
    /// <summary>Looks every id up that the ledger still remembers, and adds what is wrong.</summary>
    Task<Verification> CheckAsync(
        Verification found,
        HistoryHeader header,
        ViewStates states,
        string path,
        CancellationToken cancel
    );
}
