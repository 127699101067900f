namespace PortalServices.LoadTests.Arrivals;

/// <summary>
/// When each request of an open-loop run is to start. The rate changes linearly within a phase; nothing that the target
/// does moves an arrival.
/// </summary>
internal sealed class ArrivalSchedule
{
    private readonly Phase[] _phases;
    private readonly double[] _before;

    private ArrivalSchedule(string description, params Phase[] phases)
    {
        (Description, _phases) = (description, phases);
        _before = new double[phases.Length + 1];
        for (var i = 0; i < phases.Length; i++)
        {
            _before[i + 1] = _before[i] + phases[i].Count;
            Duration += phases[i].Length;
        }
    }

    /// <summary>For people: <c>constant 300/s</c>.</summary>
    public string Description { get; }

    /// <summary>The instant after which nothing arrives.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Arrivals in all.</summary>
    public long Count => (long)_before[^1];

    /// <summary>The highest rate, requests per second.</summary>
    public double PeakRate => _phases.Max(phase => Math.Max(phase.From, phase.To));

    /// <summary>The same rate all the time.</summary>
    public static ArrivalSchedule Constant(double rate, TimeSpan duration) =>
        new(FormattableString.Invariant($"constant {rate}/s"), new Phase(duration, rate, rate));

    /// <summary>From one rate to another.</summary>
    public static ArrivalSchedule Ramp(double from, double to, TimeSpan duration) =>
        new(FormattableString.Invariant($"ramp {from}/s to {to}/s"), new Phase(duration, from, to));

    /// <summary>One rate, but in the middle fifth of the time another.</summary>
    public static ArrivalSchedule Spike(double rate, double peak, TimeSpan duration) =>
        new(
            FormattableString.Invariant($"spike {rate}/s with {peak}/s in the middle fifth"),
            new Phase(duration * 0.4, rate, rate),
            new Phase(duration * 0.2, peak, peak),
            new Phase(duration * 0.4, rate, rate)
        );

    /// <summary>When an arrival is due, from the start of the run.</summary>
    /// <param name="index">Its number, from 0 to <see cref="Count"/> - 1.</param>
    public TimeSpan At(long index)
    {
        var phase = 0;
        var start = TimeSpan.Zero;
        while (phase < _phases.Length - 1 && index >= _before[phase + 1])
        {
            start += _phases[phase++].Length;
        }
        return start + _phases[phase].After(index - _before[phase]);
    }

    private readonly record struct Phase(TimeSpan Length, double From, double To)
    {
        public double Count => (From + To) / 2 * Length.TotalSeconds;

        /// <summary>When so many have arrived: the root of From·t + (To − From)·t² / 2L = n.</summary>
        public TimeSpan After(double arrivals)
        {
            var slope = (To - From) / Length.TotalSeconds;
            var seconds =
                Math.Abs(slope) < 1e-9
                    ? arrivals / From
                    : (Math.Sqrt(Math.Max(0, From * From + 2 * slope * arrivals)) - From) / slope;
            return TimeSpan.FromSeconds(Math.Min(seconds, Length.TotalSeconds));
        }
    }
}
