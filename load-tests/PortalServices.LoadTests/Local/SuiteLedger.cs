using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Verify;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.LoadTests.Local;

/// <summary>
/// Asks the ledgers of a suite that the tool started for the ids themselves: each view of the run whose id is still
/// remembered is decided by itself, whatever page it is of, and no id may be there that was not sent. What is missing is
/// held against the promotions of replicas, where there were some.
/// </summary>
internal sealed class SuiteLedger(ServicesShape shape, ClusterFaults? faults, TimeProvider time) : ILedgerIds
{
    // A generation of ids is ten minutes; of what was sent longer ago the ledger may have forgotten some.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(9);

    private static readonly TimeSpan ReportedWithin = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

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
        var since = (time.GetUtcNow() - Remembered - header.Started).TotalMicroseconds;
        var isWhole = since < 0 && states.IsComplete;
        var (asked, present) = (0L, 0L);
        var missing = new Dictionary<long, ViewId>();
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
                if (ledgers[line.Id.Site].Ids.Remove(LedgerId.Of(keys[line.Id.Site], line.Id.ToString())))
                {
                    present++;
                }
                else if (states.IsAcknowledged(line.Id.Sequence))
                {
                    missing[line.Id.Sequence] = line.Id;
                }
            }
        );
        // The sites are the run's alone: what is left over was sent by nobody.
        var strange = isWhole ? ledgers.Sum(ledger => (long)ledger.Ids.Count) : 0;
        found = found with
        {
            LedgerIds = asked,
            Lost = Math.Max(found.Lost, missing.Count),
            Doubled = Math.Max(found.Doubled, strange),
            Offenders =
            [
                .. found.Offenders,
                .. missing
                    .Values.Take(MaxOffenders)
                    .Select(id => new Offender(
                        id.ToString(),
                        header.Sites[id.Site],
                        id.Path,
                        "acknowledged, not in the ledger"
                    )
                    {
                        IsLost = true,
                    }),
            ],
            Undecided = undecided,
            Notes = isWhole
                ?
                [
                    .. found.Notes,
                    FormattableString.Invariant($"the ledgers hold {present} ids of the run and {strange} others"),
                ]
                : found.Notes,
        };
        return faults is { Promotions.Count: > 0 }
            ? PromotionCheck.Judge(
                found,
                header,
                states,
                path,
                missing,
                await ReadPromotionsAsync(
                    faults,
                    store,
                    missing.Values.CountBy(id => header.Sites[id.Site]).ToDictionary(),
                    cancel
                ),
                keys
            )
            : found;
    }

    /// <summary>
    /// What a portal reports as lost it reports within seconds, and raises when a process tells that knows of more: where
    /// something is lost, that is waited for.
    /// </summary>
    private async Task<IReadOnlyList<PromotedSite>> ReadPromotionsAsync(
        ClusterFaults cluster,
        IConnectionMultiplexer store,
        Dictionary<string, int> missing,
        CancellationToken cancel
    )
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var reported = await cluster.ReadReportedAsync(store);
            if (
                missing.All(site => reported.GetValueOrDefault(site.Key) >= site.Value)
                || time.GetElapsedTime(started) > ReportedWithin
            )
            {
                return
                [
                    .. cluster.Promotions.Select(each => new PromotedSite(
                        each.Key,
                        each.Value,
                        reported.GetValueOrDefault(each.Key)
                    )),
                ];
            }
            await Task.Delay(Pause, time, cancel);
        }
    }
}
