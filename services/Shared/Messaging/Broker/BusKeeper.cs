using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace PortalServices.Messaging.Broker;

/// <summary>
/// Starts a bus once the broker has let this process in, and another one when its consumers do not come back by
/// themselves: what the broker refuses is final to a bus, and a right that is taken away and given back may leave it
/// hanging.
/// </summary>
internal sealed partial class BusKeeper(
    BusFactory makeBus,
    ConnectionFactory factory,
    BrokerGate gate,
    BrokerState state,
    RefusedConsumers refused,
    TimeProvider time,
    ILogger<BusKeeper> logger
) : IPeriodicWork, IHealthCheck, IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1),
        StopWithin = TimeSpan.FromSeconds(5);

    // A consumer that the broker refuses for another reason than a right, such as a queue with other limits, is not to
    // disturb the others for ever.
    private static readonly Backoff RestartAfter = new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(5));

    private TaskCompletionSource<IBus> _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IBusControl? _bus;
    private ConnectHandle? _watch;
    private CancellationTokenSource? _start;
    private Task _started = Task.CompletedTask;
    private long _wellAt;
    private int _restarts;

    public string Name => "running the bus";

    /// <summary>The bus, once there is one.</summary>
    public Task<IBus> BusAsync(CancellationToken cancel) => Volatile.Read(ref _running).Task.WaitAsync(cancel);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(
            Volatile.Read(ref _bus)?.CheckHealth().Status == BusHealthStatus.Healthy
                ? HealthCheckResult.Healthy("Consumers get their messages.")
                : HealthCheckResult.Degraded("Consumers wait for their messages.")
        );

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        if (_bus is null)
        {
            await gate(factory);
            if (!stopping.IsCancellationRequested)
            {
                Start();
            }
            return Every;
        }

        if (state.IsRefused || _bus.CheckHealth().Status == BusHealthStatus.Healthy)
        {
            // While nobody is let in, it waits at the gate.
            _wellAt = time.GetTimestamp();
            _restarts = state.IsRefused ? _restarts : 0;
            return Every;
        }

        if (time.GetElapsedTime(_wellAt) < (refused.IsRight ? RestartAfter.First : RestartAfter.After(_restarts + 1)))
        {
            return Every;
        }
        _restarts++;
        LogRestart();
        await StopAsync(StopWithin);
        return TimeSpan.Zero;
    }

    public Task EndAsync() => StopAsync(MessagingSetup.BusEnds);

    public void Dispose() => _start?.Dispose();

    private void Start()
    {
        var bus = makeBus();
        _watch = refused.Watch(bus);
        _wellAt = time.GetTimestamp();
        // It has started when all its consumers have their queues, which may take for ever; others need not wait for
        // it. What fails is told by its health.
        _start = new CancellationTokenSource();
        _started = bus.StartAsync(_start.Token);
        Volatile.Write(ref _bus, bus);
        _running.TrySetResult(bus);
    }

    private async Task StopAsync(TimeSpan within)
    {
        if (_bus is not { } bus)
        {
            return;
        }
        Volatile.Write(ref _bus, null);
        if (_running.Task.IsCompleted)
        {
            Volatile.Write(ref _running, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        // It reports no more.
        _watch?.Disconnect();
        // One that hangs is left to itself; one that has not started yet stops when its start is given up.
        using var start = _start;
        _start = null;
        await start!.CancelAsync();
        using var timeout = new CancellationTokenSource(within, time);
        await Task.WhenAll(bus.StopAsync(timeout.Token), _started)
            .WaitAsync(within, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The bus is started anew, since it does not come back by itself"
    )]
    private partial void LogRestart();
}

/// <summary>Makes a bus with all consumers of this process.</summary>
internal delegate IBusControl BusFactory();

/// <summary>The consumers of a bus that do not get their messages, until they do.</summary>
internal sealed class RefusedConsumers(BrokerState state) : IReceiveEndpointObserver
{
    private readonly Lock _lock = new();
    private readonly HashSet<Uri> _faulted = [];
    private bool _isRight;

    /// <summary>The broker has refused one of them a right: another try may find that it has been given.</summary>
    public bool IsRight => Volatile.Read(ref _isRight);

    public ConnectHandle Watch(IBusControl bus) => bus.ConnectReceiveEndpointObserver(this);

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (faulted.Exception is not { } failure || IsOfTheBusItself(faulted.InputAddress))
        {
            return Task.CompletedTask;
        }
        lock (_lock)
        {
            _faulted.Add(faulted.InputAddress);
            Volatile.Write(ref _isRight, BrokerLogin.IsRefusal(failure));
            state.RefusesConsumers(BrokerLogin.ReasonOf(failure));
        }

        return Task.CompletedTask;
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        lock (_lock)
        {
            if (_faulted.Remove(ready.InputAddress) && _faulted.Count == 0)
            {
                Volatile.Write(ref _isRight, false);
                state.RefusesConsumers(null);
            }
        }

        return Task.CompletedTask;
    }

    // Each bus has one, for replies that the product does not use.
    private static bool IsOfTheBusItself(Uri queue) => queue.Query.Contains("temporary=true", StringComparison.Ordinal);

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;
}
