using System.Diagnostics;
using PortalServices.Model.Tests.Checks;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Sequences;

/// <summary>
/// Runs sequences, each on a site of its own; of the first that fails it looks for a smaller one that fails too.
/// </summary>
internal sealed class SequenceRunner(ClockedPortal portal, Coverage coverage, CancellationToken cancel)
{
    private static readonly TimeSpan LookingForSmaller = TimeSpan.FromMinutes(2);

    /// <summary>Longer than the two seconds promised; the first failure itself had ten times as long.</summary>
    private static readonly TimeSpan PatienceOnceFailed = TimeSpan.FromSeconds(4);

    private bool _failed;

    /// <summary>Runs one. After the first failure nothing more is run: it is told already.</summary>
    public async Task RunAsync(Sequence sequence)
    {
        if (_failed)
        {
            return;
        }
        var failure = await TryAsync(sequence, portal.TakeSite()!, coverage, null);
        if (failure is null)
        {
            return;
        }
        _failed = true;
        var (smaller, its) = await ShrinkAsync(sequence, failure);
        throw new InvalidOperationException(
            $"{portal.Zone.Iana}: {failure}\n\nA smaller sequence that fails, from {smaller}\n{its}"
        );
    }

    private async Task<Failure?> TryAsync(Sequence sequence, string site, Coverage seen, TimeSpan? patience)
    {
        var run = new SiteRun(
            portal,
            site,
            new SiteModel(portal.Zone, sequence.Start, ClockedPortal.PagesPerSite),
            seen,
            cancel
        );
        await portal.SetClockAsync(sequence.Start, cancel);
        for (var index = 0; index < sequence.Steps.Count; index++)
        {
            try
            {
                await sequence.Steps[index].RunAsync(run);
                await Agreement.ReachAsync(run, patience);
            }
#pragma warning disable CA1031 // Whatever it was, it is this sequence's failure.
            catch (Exception failure) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
            {
                return new Failure(index, sequence.Steps[index], failure.Message);
            }
        }

        seen.Saw("sequences");
        return null;
    }

    /// <summary>
    /// Leaves out what comes after the failure, and then ever smaller parts, as long as what is left fails.
    /// </summary>
    private async Task<(Sequence Smaller, Failure Failure)> ShrinkAsync(Sequence sequence, Failure failure)
    {
        var started = Stopwatch.StartNew();
        sequence = sequence with { Steps = [.. sequence.Steps.Take(failure.Index + 1)] };
        for (var size = sequence.Steps.Count / 2; size > 0; )
        {
            var leftOut = false;
            for (var from = 0; from + size <= sequence.Steps.Count; )
            {
                if (started.Elapsed > LookingForSmaller || portal.TakeSite() is not { } site)
                {
                    return (sequence, failure);
                }
                var candidate = sequence with
                {
                    Steps = [.. sequence.Steps.Take(from), .. sequence.Steps.Skip(from + size)],
                };
                if (await TryAsync(candidate, site, new Coverage(), PatienceOnceFailed) is { } its)
                {
                    (sequence, failure, leftOut) = (
                        candidate with
                        {
                            Steps = [.. candidate.Steps.Take(its.Index + 1)],
                        },
                        its,
                        true
                    );
                }
                else
                {
                    from += size;
                }
            }
            if (!leftOut || size > sequence.Steps.Count)
            {
                size /= 2;
            }
        }

        return (sequence, failure);
    }

    private sealed record Failure(int Index, Step Step, string Message)
    {
        public override string ToString() => $"after step {Index + 1}, {Step}: {Message}";
    }
}
