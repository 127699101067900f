using System.Text.Json;
using System.Text.Json.Serialization;
using PortalServices.LoadTests.Measure;
using PortalServices.LoadTests.Verify;

namespace PortalServices.LoadTests.Reports;

/// <summary>All that came of a run. Latencies are in milliseconds, rates in requests a second.</summary>
internal sealed record RunReport
{
    /// <summary>The version of this format: a field that changes its meaning makes it another one.</summary>
    public const int CurrentVersion = 1;

    /// <summary>How the file is written and read.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The run's name, in its pages and ids.</summary>
    public required string Run { get; init; }
    public required DateTimeOffset Started { get; init; }
    public required string Scenario { get; init; }
    public required IReadOnlyList<string> Targets { get; init; }
    public required IReadOnlyList<string> Sites { get; init; }

    /// <summary>How requests arrived, for people.</summary>
    public required string Arrivals { get; init; }

    /// <summary>What was asked for; 0 in a closed loop.</summary>
    public required double WantedRate { get; init; }
    public required double WantedSeconds { get; init; }

    /// <summary>How long requests were sent.</summary>
    public required double Seconds { get; init; }

    /// <summary>What was due before is not in the latencies.</summary>
    public double WarmUpSeconds { get; init; }

    /// <summary>It was ended by a signal, or because its history could not be written.</summary>
    public required bool WasInterrupted { get; init; }

    /// <summary>Requests that were due and handed over, those that were dropped included.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests answered as a client wants.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Requests that were never sent: too many waited for a connection.</summary>
    public required long Dropped { get; init; }

    /// <summary>Requests that the generator began more than 10 ms late.</summary>
    public required long Late { get; init; }

    /// <summary>Repeats of views.</summary>
    public required long Repeats { get; init; }

    /// <summary>Successes a second while requests were sent; what was answered later is not in it.</summary>
    public required double Rate { get; init; }

    /// <summary>Attempts by outcome.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>First attempts, from the intended start.</summary>
    public required Percentiles Latency { get; init; }
    public required IReadOnlyDictionary<string, Percentiles> LatencyByKind { get; init; }

    /// <summary>Views, from the intended start to their acknowledgement.</summary>
    public required Percentiles UntilAcknowledged { get; init; }

    /// <summary>By how much the generator began requests late.</summary>
    public required Percentiles Lateness { get; init; }

    /// <summary>Processor time of the generator for each attempt, microseconds.</summary>
    public required double GeneratorMicroseconds { get; init; }

    /// <summary>That of each part of the suite, for each attempt; empty where its processes are not known.</summary>
    public required IReadOnlyDictionary<string, double> SuiteMicroseconds { get; init; }
    public required IReadOnlyList<SeriesPoint> Series { get; init; }
    public required IReadOnlyList<Fault> Faults { get; init; }
    public required IReadOnlyList<ThresholdResult> Thresholds { get; init; }

    /// <summary>What makes the figures worth less than they look.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Null when nothing was verified.</summary>
    public Verification? Verification { get; init; }

    /// <summary>What made the tool fail; null when nothing did.</summary>
    public string? Failure { get; init; }

    /// <summary>The history file; null without.</summary>
    public string? History { get; init; }
    public required int ExitCode { get; init; }
}
