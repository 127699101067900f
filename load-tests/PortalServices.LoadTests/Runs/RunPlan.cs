using PortalServices.LoadTests.Arrivals;
using PortalServices.LoadTests.Chaos;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Sending;
using PortalServices.LoadTests.Verify;

namespace PortalServices.LoadTests.Runs;

/// <summary>All that a run is told.</summary>
internal sealed record RunPlan
{
    /// <summary>One of the scenarios.</summary>
    public required string Scenario { get; init; }

    /// <summary>The public doors; requests take turns, and all of them are asked what was counted.</summary>
    public required IReadOnlyList<Uri> Targets { get; init; }
    public required IReadOnlyList<string> Sites { get; init; }

    /// <summary>The sites whose articles are read.</summary>
    public required IReadOnlyList<string> ReadSites { get; init; }

    /// <summary>Writes to sites that are not there for load tests.</summary>
    public bool WritesToRealSites { get; init; }

    /// <summary>When requests arrive; null in a closed loop.</summary>
    public ArrivalSchedule? Schedule { get; init; }

    /// <summary>Who calls, if not the schedule or the clients.</summary>
    public ILoadDriver? Driver { get; init; }

    /// <summary>Clients of a closed loop.</summary>
    public int Clients { get; init; }
    public required TimeSpan Duration { get; init; }

    /// <summary>What is due before has no part in the latencies.</summary>
    public TimeSpan WarmUp { get; init; }
    public required SendingLimits Limits { get; init; }
    public int SharedPages { get; init; } = 500;
    public int Visitors { get; init; } = 5_000;
    public double Repeats { get; init; } = 0.02;
    public int PageCap { get; init; } = 100_000;

    /// <summary>Where the history goes; null for no check.</summary>
    public string? History { get; init; }
    public VerifierLimits Verifier { get; init; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));
    public ChaosPlan? Chaos { get; init; }

    /// <summary>The ledgers of a suite that the tool started.</summary>
    public ILedgerIds? Ledger { get; init; }

    /// <summary>The processes of the suite, where they are on this machine.</summary>
    public Func<IReadOnlyDictionary<string, int>> Processes { get; init; } = () => new Dictionary<string, int>();
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>The highest rate that a calibration found the generator good for; null without one.</summary>
    public double? CalibratedRate { get; init; }
}
