using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Verify;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;

namespace PortalServices.LoadTests.Local;

/// <summary>
/// Asks the ledgers of a suite that the tool started for the ids themselves: each view of the run whose id is still
/// remembered is decided by itself, whatever page it is of, and no id may be there that was not sent.
/// </summary>
internal sealed class SuiteLedger(ServicesShape shape) : ILedgerIds
{
    // A generation of ids is ten minutes; of what was sent longer ago the ledger may have forgotten some.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(9);

    private const int MaxOffenders = 100;

    public async Task<Verification> CheckAsync(
        Verification found,
        HistoryHeader header,
        ViewStates states,
        string path,
        CancellationToken cancel
    )
    {
        await using var store = await shape.ConnectToStoreAsync();
        var ledgers = new Ledger[header.Sites.Count];
        List<string> undecided = [.. found.Undecided];
        for (var site = 0; site < ledgers.Length; site++)
        {
            ledgers[site] = await Ledger.ReadAsync(store, header.Sites[site]);
            undecided.AddRange(
                ledgers[site].Contradictions().Select(what => $"the ledger of {header.Sites[site]}: {what}")
            );
        }

        byte[][] keys = [.. header.Sites.Select(site => LedgerId.KeyOf(CountingReplica.VisitorSecret, site))];
        var since = (TimeProvider.System.GetUtcNow() - Remembered - header.Started).TotalMicroseconds;
        var isWhole = since < 0 && states.IsComplete;
        var (asked, missing, present) = (0L, 0L, 0L);
        List<Offender> offenders = [];
        HistoryFile.Read(
            path,
            header.Run,
            line =>
            {
                if (line is not { Kind: 'i', Attempt: 0 } || line.Instant < since || line.Id.Site >= keys.Length)
                {
                    return;
                }
                asked++;
                var id = line.Id.ToString();
                if (ledgers[line.Id.Site].Ids.Remove(LedgerId.Of(keys[line.Id.Site], id)))
                {
                    present++;
                }
                else if (states.IsAcknowledged(line.Id.Sequence))
                {
                    missing++;
                    if (offenders.Count < MaxOffenders)
                    {
                        offenders.Add(
                            new Offender(
                                id,
                                header.Sites[line.Id.Site],
                                line.Id.Path,
                                "acknowledged, not in the ledger"
                            )
                        );
                    }
                }
            }
        );
        // The sites are the run's alone: what is left over was sent by nobody.
        var strange = isWhole ? ledgers.Sum(ledger => (long)ledger.Ids.Count) : 0;
        return found with
        {
            LedgerIds = asked,
            Lost = Math.Max(found.Lost, missing),
            Doubled = Math.Max(found.Doubled, strange),
            Offenders = [.. found.Offenders, .. offenders],
            Undecided = undecided,
            Notes = isWhole
                ?
                [
                    .. found.Notes,
                    FormattableString.Invariant($"the ledgers hold {present} ids of the run and {strange} others"),
                ]
                : found.Notes,
        };
    }
}
