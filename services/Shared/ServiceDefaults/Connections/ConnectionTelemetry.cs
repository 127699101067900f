using System.Diagnostics.Metrics;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// Numbers of connections, and a line in the log at most once a minute while some are refused or closed.
/// </summary>
internal sealed partial class ConnectionTelemetry(
    IMeterFactory meters,
    TimeProvider time,
    ILogger<ConnectionTelemetry> logger
)
{
    public const string Name = "PortalServices.Connections";

    private static readonly MetricLabel OfDoor = MetricLabel.Of<Door>("door"),
        OfLimit = new("limit", [PendingMemory, .. ConnectionPlaces.Limits]);

    /// <summary>The limit of what requests that are not answered yet may hold.</summary>
    public const string PendingMemory = "pending_memory";

    private readonly Meter _meter = meters.Create(Name);
    private readonly Lock _lock = new();
    private readonly LogPace _pace = new(time);
    private Counter<long>? _closedCount,
        _refusedCount;
    private long _closed,
        _refused;

    public void Observe(Func<IEnumerable<(Door Door, int Count)>> open, Func<long> pending)
    {
        _closedCount = _meter.CreateCounter<long>(
            _meter.Named("portal.connections.closed", OfDoor, OfLimit),
            "{connection}",
            "Connections closed to make room for others, by door and limit"
        );
        _refusedCount = _meter.CreateCounter<long>(
            _meter.Named("portal.connections.refused", OfDoor, OfLimit),
            "{connection}",
            "Connections for which there was no place, by door and limit"
        );
        _meter.CreateObservableGauge(
            _meter.Named("portal.connections.open", OfDoor),
            () => open().Select(each => new Measurement<int>(each.Count, OfDoor.With(each.Door))),
            "{connection}",
            "Open connections, by door"
        );
        _meter.CreateObservableGauge(
            "portal.connections.pending",
            pending,
            "By",
            "Memory of requests that are not answered and replies that are not read yet, estimated"
        );
    }

    public void Closed(Door door, string limit)
    {
        _closedCount?.Add(1, OfDoor.With(door), OfLimit.With(limit));
        Log(closed: 1, refused: 0);
    }

    public void Refused(Door door, string limit)
    {
        _refusedCount?.Add(1, OfDoor.With(door), OfLimit.With(limit));
        Log(closed: 0, refused: 1);
    }

    private void Log(int closed, int refused)
    {
        lock (_lock)
        {
            _closed += closed;
            _refused += refused;
            if (!_pace.TryTake())
            {
                return;
            }
            LogPressure(_closed, _refused);
            (_closed, _refused) = (0, 0);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Clients hold more connections than there are places: since the last such line {Closed} waiting connections were closed and {Refused} refused."
    )]
    private partial void LogPressure(long closed, long refused);
}
