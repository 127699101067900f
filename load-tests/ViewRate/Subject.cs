namespace PortalServices.ViewRate;

/// <summary>The processes that have the same part in each subject; the control has no store.</summary>
internal enum Part
{
    Front,
    Back,
    Store,
}

/// <summary>What is measured.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Door">Where the load goes.</param>
/// <param name="Processes">Who works for it.</param>
/// <param name="PrepareAsync">Called before each slice.</param>
internal sealed record Subject(
    string Name,
    Uri Door,
    IReadOnlyDictionary<Part, IReadOnlyList<int>> Processes,
    Func<Task> PrepareAsync
)
{
    private readonly Dictionary<int, long> _behind = [];

    /// <summary>What is sent.</summary>
    public required WrkLoad Load { get; init; }

    /// <summary>What is counted beside processor time; null for nothing.</summary>
    public Func<Task<Counts>>? CountAsync { get; init; }

    /// <summary>What was measured so far, a slice a round.</summary>
    public List<Slice> Slices { get; } = [];

    /// <summary>Requests that were made and that were answered 2xx, those of the warm-up included.</summary>
    public (long Made, long Answered) Totals { get; private set; }

    /// <summary>Resident memory of each part when <see cref="NoteMemory"/> was called, MiB.</summary>
    public IReadOnlyDictionary<Part, double> Memory { get; private set; } = new Dictionary<Part, double>();

    /// <summary>Goes on with what an earlier start of the same was measured at.</summary>
    public void Continue(Subject earlier)
    {
        Slices.AddRange(earlier.Slices);
        Totals = (Totals.Made + earlier.Totals.Made, Totals.Answered + earlier.Totals.Answered);
    }

    /// <summary>The share that each process behind the front had of the time of all of them.</summary>
    public IReadOnlyList<double> Shares =>
        [.. _behind.Values.Select(ticks => (double)ticks / Math.Max(1, _behind.Values.Sum()))];

    /// <summary>Notes what its processes hold, while they live.</summary>
    public void NoteMemory() =>
        Memory = Processes.ToDictionary(part => part.Key, part => part.Value.Sum(ProcessMemory.MebibytesOf));

    /// <summary>Sends views for so long; nothing else is sent meanwhile.</summary>
    public async Task<Slice> MeasureAsync(int seconds)
    {
        await PrepareAsync();
        var counts = CountAsync is null ? null : await CountAsync();
        var machine = ProcessorTime.OfMachine();
        var load = ProcessorTime.OfEndedChildren();
        var before = Processes.ToDictionary(part => part.Key, part => part.Value.Sum(ProcessorTime.Of));
        var behind = Processes.GetValueOrDefault(Part.Back, []).ToDictionary(id => id, ProcessorTime.Of);
        var sent = await Wrk.RunAsync(Door, Load, seconds);
        var used = Processes.ToDictionary(
            part => part.Key,
            part => part.Value.Sum(ProcessorTime.Of) - before[part.Key]
        );
        foreach (var (id, ticks) in behind)
        {
            _behind[id] = _behind.GetValueOrDefault(id) + ProcessorTime.Of(id) - ticks;
        }
        load = ProcessorTime.OfEndedChildren() - load;
        var after = ProcessorTime.OfMachine();
        Totals = (Totals.Made + sent.Made, Totals.Answered + sent.Answered);
        return new Slice(
            sent,
            used,
            load,
            after.Busy - machine.Busy - used.Values.Sum() - load,
            after.Stolen - machine.Stolen,
            counts is null ? null : (await CountAsync!()).Since(counts)
        );
    }
}

/// <summary>A few seconds of load on one subject. Processor time is in ticks.</summary>
/// <param name="Sent">What wrk saw.</param>
/// <param name="Used">Processor time of each part.</param>
/// <param name="Load">That of wrk.</param>
/// <param name="Others">That of everything else on the machine.</param>
/// <param name="Stolen">What the machine's host kept from it.</param>
/// <param name="Counts">What was counted beside; null for nothing.</param>
internal sealed record Slice(
    Sent Sent,
    IReadOnlyDictionary<Part, long> Used,
    long Load,
    long Others,
    long Stolen,
    Counts? Counts
)
{
    public double PerSecond => Sent.Answered / Sent.Elapsed.TotalSeconds;

    /// <summary>Processor time per answer, in microseconds.</summary>
    public double PerAnswer(long ticks) => ticks * ProcessorTime.TickMicroseconds / Sent.Answered;
}
