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
internal sealed record Subject(string Name, Uri Door, IReadOnlyDictionary<Part, int> Processes, Func<Task> PrepareAsync)
{
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

    /// <summary>Notes what its processes hold, while they live.</summary>
    public void NoteMemory() =>
        Memory = Processes.ToDictionary(process => process.Key, process => ProcessMemory.MebibytesOf(process.Value));

    /// <summary>Sends views for so long; nothing else is sent meanwhile.</summary>
    public async Task<Slice> MeasureAsync(string path, int seconds)
    {
        await PrepareAsync();
        var machine = ProcessorTime.OfMachine();
        var load = ProcessorTime.OfEndedChildren();
        var before = Processes.ToDictionary(process => process.Key, process => ProcessorTime.Of(process.Value));
        var sent = await Wrk.RunAsync(Door, path, seconds);
        var used = Processes.ToDictionary(
            process => process.Key,
            process => ProcessorTime.Of(process.Value) - before[process.Key]
        );
        load = ProcessorTime.OfEndedChildren() - load;
        var after = ProcessorTime.OfMachine();
        Totals = (Totals.Made + sent.Made, Totals.Answered + sent.Answered);
        return new Slice(
            sent,
            used,
            load,
            after.Busy - machine.Busy - used.Values.Sum() - load,
            after.Stolen - machine.Stolen
        );
    }
}

/// <summary>A few seconds of load on one subject. Processor time is in ticks.</summary>
/// <param name="Sent">What wrk saw.</param>
/// <param name="Used">Processor time of each part.</param>
/// <param name="Load">That of wrk.</param>
/// <param name="Others">That of everything else on the machine.</param>
/// <param name="Stolen">What the machine's host kept from it.</param>
internal sealed record Slice(Sent Sent, IReadOnlyDictionary<Part, long> Used, long Load, long Others, long Stolen)
{
    public double PerSecond => Sent.Answered / Sent.Elapsed.TotalSeconds;

    /// <summary>Processor time per answer, in microseconds.</summary>
    public double PerAnswer(long ticks) => ticks * ProcessorTime.TickMicroseconds / Sent.Answered;
}
