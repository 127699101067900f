using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Sending;
using PortalServices.Testing.Store;

namespace PortalServices.LoadTests.Verify;

/// <summary>
/// Holds what was lost against what docs/counting.md promises of a replica that takes the place of its primary: at most
/// the views that it had not got are lost, and the portal reports them. All else that is missing is a loss.
/// </summary>
internal static class PromotionCheck
{
    /// <summary>Takes what promotions explain out of the losses and the doubled ones.</summary>
    /// <param name="found">What was found, whatever the reason.</param>
    /// <param name="header">The run.</param>
    /// <param name="states">What the history says of each view.</param>
    /// <param name="path">The history.</param>
    /// <param name="missing">Acknowledged views whose ids no ledger has, by number.</param>
    /// <param name="promoted">The last promotion of each site that had one.</param>
    /// <param name="keys">What keys the ids of each site.</param>
    public static Verification Judge(
        Verification found,
        HistoryHeader header,
        ViewStates states,
        string path,
        IReadOnlyDictionary<long, ViewId> missing,
        IReadOnlyList<PromotedSite> promoted,
        byte[][] keys
    )
    {
        var sites = promoted.ToDictionary(each => each.Site, StringComparer.Ordinal);
        var acknowledgedAt = AcknowledgedAt(header, path, missing);
        var lost = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (sequence, id) in missing)
        {
            var site = header.Sites[id.Site];
            if (
                NotHeld(id) is { } promotion
                && header.Started + TimeSpan.FromMicroseconds(acknowledgedAt[sequence]) <= promotion.Held.At
            )
            {
                lost[site] = lost.GetValueOrDefault(site) + 1;
            }
        }
        // Nobody is told of more than is reported, and nobody of anything where no target says so.
        long Explained(PromotedSite site) =>
            found.TargetsWithLoss > 0 ? Math.Min(lost.GetValueOrDefault(site.Site), site.Reported) : 0;
        var explained = promoted.Sum(Explained);
        var counted = states.CountedAgain.Count(id => NotHeld(id) is not null);
        return found with
        {
            Lost = found.Lost - explained,
            Doubled = Math.Max(0, found.Doubled - counted),
            LostToPromotions = explained,
            Promotions =
            [
                .. promoted.Select(site => new Promotion(
                    site.Site,
                    (site.Held.At - header.Started).TotalSeconds,
                    site.Held.Views,
                    site.Reported,
                    lost.GetValueOrDefault(site.Site)
                )),
            ],
            Offenders =
                found.Lost == explained ? [.. found.Offenders.Where(offender => !offender.IsLost)] : found.Offenders,
        };

        PromotedSite? NotHeld(ViewId id) =>
            sites.GetValueOrDefault(header.Sites[id.Site]) is { } promotion
            && !promotion.Held.Ids.Contains(LedgerId.Of(keys[id.Site], id.ToString()))
                ? promotion
                : null;
    }

    /// <summary>When the first answer acknowledged each of these views, in microseconds since the start.</summary>
    private static Dictionary<long, long> AcknowledgedAt(
        HistoryHeader header,
        string path,
        IReadOnlyDictionary<long, ViewId> views
    )
    {
        var instants = new Dictionary<long, long>();
        HistoryFile.Read(
            path,
            header.Run,
            line =>
            {
                if (line.Kind == 'o' && line.Outcome.IsAcknowledged() && views.ContainsKey(line.Id.Sequence))
                {
                    instants.TryAdd(line.Id.Sequence, line.Instant);
                }
            }
        );
        return instants;
    }
}

/// <summary>A site whose primary gave way to its replica.</summary>
/// <param name="Site">The site.</param>
/// <param name="Held">What the replica had.</param>
/// <param name="Reported">Views that the portal reports as lost.</param>
internal sealed record PromotedSite(string Site, HeldAtPromotion Held, long Reported);

/// <summary>What a replica had of a site when it took the place of its primary.</summary>
/// <param name="At">When it had taken it: what was acknowledged later came from the replica.</param>
/// <param name="Views">Counted views.</param>
/// <param name="Ids">View ids.</param>
internal sealed record HeldAtPromotion(DateTimeOffset At, long Views, IReadOnlySet<ulong> Ids);
