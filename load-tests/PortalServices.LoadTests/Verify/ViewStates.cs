using System.Runtime.InteropServices;
using PortalServices.LoadTests.Chaos;
using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Verify;

/// <summary>What a history says of each view, one byte for each, and of each page.</summary>
internal sealed class ViewStates(HistoryHeader header)
{
    /// <summary>Views that were not acknowledged and are known one by one; of more nothing can be decided.</summary>
    public const int MaxOpen = 1_000_000;

    private const int MaxOffenders = 100;

    private const byte Invoked = 1,
        Acknowledged = 2,
        CountedOnce = 4,
        HadUnknown = 8,
        OwnPage = 16,
        Elsewhere = 32,
        CountedSincePromotion = 64;

    // A run sends at most as many views as its numbers have digits for.
    private const int ChunkSize = 1 << 20;
    private const long MaxSequence = 1_000_000_000;

    private readonly List<byte[]> _chunks = [];
    private readonly Dictionary<long, OpenView> _open = [];
    private readonly Dictionary<(int Site, int Page), SharedPage> _shared = [];
    private readonly List<Offender> _doubled = [];
    private readonly List<Fault> _faults = [];
    private readonly List<(string Part, double At, long InFlight)> _down = [];
    private readonly List<ViewId> _countedAgain = [];
    private long _lines,
        _endsAfter = -1;

    /// <summary>Views that were to be sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Views with an answer that says that they are stored.</summary>
    public long AcknowledgedViews { get; private set; }

    /// <summary>Acknowledged views of which an earlier attempt had left nothing known.</summary>
    public long Resolved { get; private set; }

    /// <summary>Answers that said "counted" of a view of which another had said so before.</summary>
    public long CountedTwice { get; private set; }

    /// <summary>
    /// Views of which an answer said "counted" before a promotion of a replica and one behind it: right where the
    /// replica had not got them. Each of them is one of <see cref="CountedTwice"/>, too.
    /// </summary>
    public IReadOnlyList<ViewId> CountedAgain => _countedAgain;

    /// <summary>Attempts in all.</summary>
    public long Attempts { get; private set; }

    /// <summary>Lines that could not be read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>More was not acknowledged than can be kept.</summary>
    public bool HasTooManyOpen { get; private set; }

    /// <summary>Whether the run came to its end, and every line up to there is in the file.</summary>
    public bool IsComplete => _endsAfter >= 0 && Unreadable == 0;

    /// <summary>Instant of the last line, microseconds since the start.</summary>
    public long LastInstant { get; private set; }

    /// <summary>Views that are not acknowledged.</summary>
    public IReadOnlyCollection<OpenView> Open => _open.Values;

    /// <summary>Pages that views share.</summary>
    public IReadOnlyDictionary<(int Site, int Page), SharedPage> Shared => _shared;

    /// <summary>Ids of which two answers said that they were counted; the first of them.</summary>
    public IReadOnlyList<Offender> Doubled => _doubled;

    /// <summary>The faults.</summary>
    public IReadOnlyList<Fault> Faults =>
        [.. _faults, .. _down.Select(each => new Fault(each.Part, each.At, null, each.InFlight))];

    /// <summary>Reads a file.</summary>
    public static ViewStates Read(string path, HistoryHeader header)
    {
        var states = new ViewStates(header);
        states.Unreadable = HistoryFile.Read(path, header.Run, states.Take);
        return states;
    }

    /// <summary>The views with pages of their own, and whether each is acknowledged.</summary>
    public IEnumerable<(ViewId Id, bool IsAcknowledged, bool IsElsewhere)> OwnPages()
    {
        for (var chunk = 0; chunk < _chunks.Count; chunk++)
        {
            for (var i = 0; i < ChunkSize; i++)
            {
                var state = _chunks[chunk][i];
                if ((state & OwnPage) != 0)
                {
                    var sequence = (long)chunk * ChunkSize + i;
                    yield return (
                        new ViewId(header.Run, (int)(sequence % header.Sites.Count), null, sequence),
                        (state & Acknowledged) != 0,
                        (state & Elsewhere) != 0
                    );
                }
            }
        }
    }

    /// <summary>Whether a view is acknowledged.</summary>
    public bool IsAcknowledged(long sequence) => (State(sequence) & Acknowledged) != 0;

    /// <summary>The open view with a number; null when there is none.</summary>
    public OpenView? OpenOf(long sequence) => _open.GetValueOrDefault(sequence);

    /// <summary>Takes one line.</summary>
    public void Take(HistoryLine line)
    {
        LastInstant = Math.Max(LastInstant, line.Instant);
        switch (line.Kind)
        {
            case 'i' when line.Id.Sequence < MaxSequence && line.Id.Site < header.Sites.Count:
                Begin(line);
                break;
            case 'o' when line.Id.Sequence < MaxSequence && line.Id.Site < header.Sites.Count:
                End(line);
                break;
            case 'f':
                TakeFault(line);
                break;
            case 'e':
                // The first line is the header.
                _endsAfter = line.Count == _lines + 1 ? _lines : -1;
                break;
        }
        _lines++;
    }

    private void Begin(HistoryLine line)
    {
        ref var state = ref State(line.Id.Sequence);
        Attempts++;
        if ((state & Invoked) == 0)
        {
            state |= (byte)(Invoked | (line.Id.HasOwnPage ? OwnPage : 0));
            Sent++;
            if (!line.Id.HasOwnPage)
            {
                PageOf(line.Id).Sent++;
            }
            if (_open.Count < MaxOpen)
            {
                _open[line.Id.Sequence] = new OpenView(line.Id, line.Instant);
            }
            else
            {
                HasTooManyOpen = true;
            }
        }
        if (_open.TryGetValue(line.Id.Sequence, out var open))
        {
            open.Attempts = Math.Max(open.Attempts, line.Attempt + 1);
            open.UnderWay++;
        }
    }

    private void End(HistoryLine line)
    {
        ref var state = ref State(line.Id.Sequence);
        _open.TryGetValue(line.Id.Sequence, out var open);
        if (open is not null)
        {
            open.UnderWay--;
        }
        if (line.Outcome.IsAcknowledged())
        {
            Acknowledge(line, ref state);
        }
        else if (line.Outcome == Outcome.NotConnected)
        {
            // It was not sent this time.
        }
        else if (line.Outcome.IsUnknown())
        {
            state |= HadUnknown;
            if (open is not null)
            {
                open.IsUnknown = true;
            }
        }
        else if (open is not null)
        {
            // Refused as it stands, or too old: an earlier attempt may have counted all the same.
            open.Refused = line.Outcome;
        }
    }

    private void Acknowledge(HistoryLine line, ref byte state)
    {
        var id = line.Id;
        if ((state & Acknowledged) == 0)
        {
            state |= Acknowledged;
            AcknowledgedViews++;
            if ((state & HadUnknown) != 0)
            {
                Resolved++;
            }
            if (!id.HasOwnPage)
            {
                PageOf(id).Acknowledged++;
            }
            _open.Remove(id.Sequence);
        }
        if (line.Outcome == Outcome.Counted)
        {
            if ((state & CountedOnce) != 0)
            {
                CountedTwice++;
                var isPromotionBetween = (state & CountedSincePromotion) == 0 && _countedAgain.Count < MaxOpen;
                if (isPromotionBetween)
                {
                    _countedAgain.Add(id);
                }
                else if (_doubled.Count < MaxOffenders)
                {
                    _doubled.Add(
                        new Offender(
                            id.ToString(),
                            header.Sites[id.Site],
                            id.Path,
                            "two answers say that it was counted"
                        )
                    );
                }
            }
            // While one goes on, nobody knows on which side of it an answer was given.
            var isPromoting = _down.Any(fault => ChaosParts.Promotes(fault.Part));
            state |= (byte)(CountedOnce | (isPromoting ? 0 : CountedSincePromotion));
        }
        if (line.Number == 0)
        {
            // The page is past the target's cap: its views count under "other".
            state |= Elsewhere;
            if (!id.HasOwnPage)
            {
                PageOf(id).IsElsewhere = true;
            }
        }
    }

    private void TakeFault(HistoryLine line)
    {
        var at = line.Instant / 1e6;
        if (line.Down)
        {
            _down.Add((line.Part, at, line.Count));
            if (ChaosParts.Promotes(line.Part))
            {
                BeginPromotion();
            }
            return;
        }
        var begun = _down.FindIndex(each => each.Part == line.Part);
        if (begun >= 0)
        {
            _faults.Add(new Fault(line.Part, _down[begun].At, at, _down[begun].InFlight));
            _down.RemoveAt(begun);
        }
    }

    private void BeginPromotion()
    {
        foreach (var chunk in _chunks)
        {
            foreach (ref var state in chunk.AsSpan())
            {
                state &= unchecked((byte)~CountedSincePromotion);
            }
        }
    }

    private SharedPage PageOf(ViewId id) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_shared, (id.Site, id.Page!.Value), out _) ??= new SharedPage();

    private ref byte State(long sequence)
    {
        var chunk = (int)(sequence / ChunkSize);
        while (_chunks.Count <= chunk)
        {
            _chunks.Add(new byte[ChunkSize]);
        }
        return ref _chunks[chunk][sequence % ChunkSize];
    }
}

/// <summary>A view that no answer acknowledges.</summary>
internal sealed class OpenView(ViewId id, long firstSent)
{
    public ViewId Id => id;

    /// <summary>When it was first to be sent, microseconds since the start.</summary>
    public long FirstSent => firstSent;

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts of which the history does not say what came of them.</summary>
    public int UnderWay { get; set; }

    /// <summary>At least one attempt left nothing known.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>Why the last one was refused: NotCounted, Expired or Refused; null when none was.</summary>
    public Outcome? Refused { get; set; }

    /// <summary>Whether it may be counted: else no attempt was taken, or none was sent.</summary>
    public bool MayBeCounted => IsUnknown || UnderWay > 0;
}

/// <summary>What a history says of a page that views share.</summary>
internal sealed class SharedPage
{
    /// <summary>Views of it that were to be sent.</summary>
    public long Sent { get; set; }

    /// <summary>Those that were acknowledged.</summary>
    public long Acknowledged { get; set; }

    /// <summary>A reply says that it does not count on its own.</summary>
    public bool IsElsewhere { get; set; }
}

/// <summary>A part that was taken down. Instants in seconds since the start.</summary>
/// <param name="Part">Its name.</param>
/// <param name="From">When it was killed.</param>
/// <param name="To">When it was up again; null when it never was.</param>
/// <param name="InFlight">Requests that had no answer when it was killed: the fault hit them.</param>
internal sealed record Fault(string Part, double From, double? To, long InFlight);

/// <summary>What was found wrong.</summary>
/// <param name="Id">The view; null where only the sum over a page is wrong.</param>
/// <param name="Site">The site.</param>
/// <param name="Page">The page.</param>
/// <param name="What">What is wrong.</param>
internal sealed record Offender(string? Id, string Site, string Page, string What)
{
    /// <summary>Whether it was lost; else counted too often.</summary>
    public bool IsLost { get; init; }
}
