using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>A class that makes its instruments when it is first used.</summary>
internal sealed record MeteredClass(Type Type);

/// <summary>
/// Has every counter of the product begin at 0, once for each value of its labels: a series that only appears with its
/// first event begins at 1, and Prometheus sees no increase.
/// </summary>
internal sealed class CountersAtZero(IEnumerable<MeteredClass> classes) : IHostedService, IDisposable
{
    private readonly MeterListener _listener = new() { InstrumentPublished = (instrument, _) => Begin(instrument) };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var each in classes)
        {
            RuntimeHelpers.RunClassConstructor(each.Type.TypeHandle);
        }
        // Also of those that are made later.
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private static void Begin(Instrument instrument)
    {
        if (instrument is not Counter<long> counter || !TelemetrySetup.IsOwn(instrument.Meter))
        {
            return;
        }
        foreach (var series in SeriesOf(MetricLabels.Of(instrument)))
        {
            counter.Add(0, series);
        }
    }

    /// <summary>Every combination of values, each label only beside what it belongs to.</summary>
    internal static IReadOnlyList<KeyValuePair<string, object?>[]> SeriesOf(IReadOnlyList<MetricLabel> labels) =>
        labels.Aggregate<MetricLabel, IReadOnlyList<KeyValuePair<string, object?>[]>>(
            [
                [],
            ],
            (all, label) =>
                [
                    .. all.SelectMany(series =>
                        label.Beside is { } other && !series.Contains(other)
                            ? [series]
                            : label.Values.Select(value =>
                                (KeyValuePair<string, object?>[])[.. series, label.With(value)]
                            )
                    ),
                ]
        );
}
