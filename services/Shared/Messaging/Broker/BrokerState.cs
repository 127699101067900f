using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PortalServices.Messaging.Broker;

/// <summary>
/// What the broker says to this process: whether it lets it in, and whether it takes anything. What is wrong is logged
/// at once and then once a minute.
/// </summary>
internal sealed partial class BrokerState(TimeProvider time, ILogger<BrokerState> logger) : IHealthCheck
{
    private readonly Lock _lock = new();
    private volatile string? _refusal,
        _consumers,
        _block;
    private readonly LogPace _pace = new(time);
    private bool _isLogged;

    /// <summary>It does not let this process in, or is not reached.</summary>
    public bool IsRefused => _refusal is not null;

    public string? Trouble
    {
        get
        {
            lock (_lock)
            {
                return _refusal ?? _consumers ?? _block;
            }
        }
    }

    /// <summary>It does not let this process in, or is not reached.</summary>
    public void Refuses(string why) => Change(() => _refusal = why);

    public void Accepts() => Change(() => _refusal = null);

    /// <summary>It has let this process in, but not let it consume; null when it does.</summary>
    public void RefusesConsumers(string? why) => Change(() => _consumers = why);

    /// <summary>It takes nothing that is published; null when it does again.</summary>
    public void Blocks(string? why) => Change(() => _block = why);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(
            Trouble is { } trouble
                ? HealthCheckResult.Degraded($"{trouble}. Events wait.")
                : HealthCheckResult.Healthy("The broker takes events.")
        );

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            Record(BrokerTrouble.Refused, _refusal);
            Record(BrokerTrouble.Consumers, _consumers);
            Record(BrokerTrouble.Blocked, _block);
            var trouble = _refusal ?? _consumers ?? _block;
            if (trouble is null)
            {
                if (_isLogged)
                {
                    LogGone();
                }
                _isLogged = false;
            }
            else if (_pace.TryTake())
            {
                LogTrouble(trouble);
                _isLogged = true;
            }
        }
    }

    private static void Record(BrokerTrouble trouble, string? what) =>
        MessagingTelemetry.Broker.Record(what is null ? 0 : 1, MessagingTelemetry.Trouble.With(trouble));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Trouble}: events wait")]
    private partial void LogTrouble(string trouble);

    [LoggerMessage(Level = LogLevel.Information, Message = "The broker takes events again")]
    private partial void LogGone();
}
