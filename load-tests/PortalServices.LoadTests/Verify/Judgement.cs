using System.Globalization;
using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Verify;

/// <summary>
/// Compares a history with the counted numbers. A view with a page of its own is decided by that page; the others by the
/// sums over their pages, which hide a loss and a doubling that cancel on one page.
/// </summary>
internal sealed class Judgement(HistoryHeader header, ViewStates states, CountedPages counted, bool needsFaults)
{
    private const int MaxOffenders = 100;

    private readonly List<Offender> _lost = [];
    private readonly List<Offender> _doubled = [.. states.Doubled];
    private readonly List<string> _undecided = [];
    private readonly List<string> _notes = [];
    private long _countedViews,
        _lostViews,
        _doubledViews,
        _unknown,
        _resolvedByPage,
        _notTaken,
        _elsewhere,
        _unread;

    /// <summary>The whole of it.</summary>
    public Verification Verdict()
    {
        var ownPages = 0L;
        foreach (var (id, isAcknowledged, isElsewhere) in states.OwnPages())
        {
            ownPages++;
            JudgeOwn(id, isAcknowledged, isElsewhere);
        }
        var unknownOfPage = new Dictionary<(int, int), long>();
        foreach (var view in states.Open.Where(view => !view.Id.HasOwnPage))
        {
            if (view.MayBeCounted)
            {
                var page = (view.Id.Site, view.Id.Page!.Value);
                unknownOfPage[page] = unknownOfPage.GetValueOrDefault(page) + 1;
                _unknown++;
            }
            else
            {
                _notTaken++;
            }
        }
        foreach (var (page, views) in states.Shared)
        {
            JudgeShared(page, views, unknownOfPage.GetValueOrDefault(page));
        }
        Explain();
        return new Verification
        {
            Sent = states.Sent,
            Acknowledged = states.AcknowledgedViews,
            Unknown = _unknown,
            Resolved = states.Resolved + _resolvedByPage,
            NotTaken = _notTaken,
            Counted = _countedViews,
            Lost = _lostViews,
            // A view that counts twice shows in the answers, on its page, or in both.
            Doubled = Math.Max(_doubledViews, states.CountedTwice),
            OwnPages = ownPages,
            Offenders = [.. _lost, .. _doubled],
            Undecided = _undecided,
            Notes = _notes,
            Faults = states.Faults,
            TargetsWithLoss = counted.WithLoss.Count,
        };
    }

    private void JudgeOwn(ViewId id, bool isAcknowledged, bool isElsewhere)
    {
        var open = states.OpenOf(id.Sequence);
        if (open is { MayBeCounted: false })
        {
            _notTaken++;
        }
        if (isElsewhere)
        {
            _elsewhere++;
            return;
        }
        if (counted.Of(id.Site, id.Path) is not var (least, most))
        {
            if (isAcknowledged || open is { MayBeCounted: true })
            {
                _unread++;
                _unknown += isAcknowledged ? 0 : 1;
            }
            return;
        }
        _countedViews += most;
        if (isAcknowledged && least == 0)
        {
            Lose(1, id.ToString(), id.Site, id.Path, "acknowledged, not counted");
        }
        if (most > 1)
        {
            Double(most - 1, id.ToString(), id.Site, id.Path, Invariant($"counted {most} times"));
        }
        if (open is { MayBeCounted: true })
        {
            // Nobody else has this page: what it shows is what became of the view.
            _resolvedByPage++;
        }
        else if (open is not null && most > 0)
        {
            Double(
                most,
                id.ToString(),
                id.Site,
                id.Path,
                open.Refused is { } why ? $"counted, though answered {why}" : "counted, never sent"
            );
        }
    }

    private void JudgeShared((int Site, int Page) page, SharedPage views, long unknown)
    {
        var path = ViewId.SharedPath(header.Run, page.Page);
        if (views.IsElsewhere)
        {
            _elsewhere += views.Acknowledged;
            return;
        }
        if (counted.Of(page.Site, path) is not var (least, most))
        {
            _unread += views.Sent;
            return;
        }
        _countedViews += most;
        if (least < views.Acknowledged)
        {
            var what = Invariant($"{views.Acknowledged} acknowledged, {least} counted");
            Lose(views.Acknowledged - least, null, page.Site, path, what);
        }
        // A history that was cut off does not know of the last views.
        if (states.IsComplete && most > views.Acknowledged + unknown)
        {
            var what = Invariant($"{views.Acknowledged} acknowledged, {unknown} unknown, {most} counted");
            Double(most - views.Acknowledged - unknown, null, page.Site, path, what);
        }
    }

    private void Explain()
    {
        Undecided(_unknown, "views were left unknown");
        Undecided(
            _elsewhere,
            "acknowledged views are of pages that the target does not count on their own any more (its cap of pages, or a full store)"
        );
        Undecided(_unread, "views are of pages that no target shows");
        foreach (var (target, why) in counted.Silent)
        {
            _undecided.Add($"{target} gave no numbers: {why}");
        }
        if (!states.IsComplete)
        {
            _undecided.Add(
                states.Unreadable > 0
                    ? Invariant($"the history is damaged or cut off ({states.Unreadable} lines cannot be read)")
                    : "the history is cut off: the run did not come to its end"
            );
        }
        if (states.HasTooManyOpen)
        {
            _undecided.Add(Invariant($"more than {ViewStates.MaxOpen} views were not acknowledged"));
        }
        if (states.Sent == 0)
        {
            _undecided.Add("no view was sent");
        }
        if (needsFaults && !states.Faults.Any(fault => fault.InFlight > 0))
        {
            _undecided.Add("no fault hit a request in flight");
        }
        foreach (var target in counted.WithLoss)
        {
            _notes.Add($"{target} reports that its store lost data");
        }
        if (states.Open.Count(view => view.Refused == Outcome.NotCounted) is > 0 and var bots)
        {
            _notes.Add(Invariant($"{bots} views were answered as not to be counted (a bot's, or opted out)"));
        }
    }

    private void Undecided(long views, string what)
    {
        if (views > 0)
        {
            _undecided.Add(Invariant($"{views} {what}"));
        }
    }

    private void Lose(long views, string? id, int site, string page, string what) =>
        Note(_lost, ref _lostViews, views, new Offender(id, header.Sites[site], page, what) { IsLost = true });

    private void Double(long views, string? id, int site, string page, string what) =>
        Note(_doubled, ref _doubledViews, views, new Offender(id, header.Sites[site], page, what));

    private static void Note(List<Offender> list, ref long sum, long views, Offender offender)
    {
        sum += views;
        if (list.Count < MaxOffenders)
        {
            list.Add(offender);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
