namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Repeats work. It ends with the process, or when the work says that it is finished, and never by a fault.
/// </summary>
internal abstract partial class PeriodicRunner(IPeriodicWork work, TimeProvider time, ILogger logger)
    : BackgroundService
{
    private readonly LogPace _pace = new(time);
    private int _failuresInARow;
    private bool _isLogged;

    public string Name => work.Name;

    public bool IsFailing => Volatile.Read(ref _failuresInARow) > 0;

    /// <returns>How long to wait until the next time; <see cref="IPeriodicWork.Finished"/> for no next time.</returns>
    public async Task<TimeSpan> RunOnceAsync(CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        try
        {
            var every = await work.RunAsync(stopping);
            if (Interlocked.Exchange(ref _failuresInARow, 0) is > 0 and var failures && _isLogged)
            {
                _isLogged = false;
                LogGoesOn(failures, work.Name);
            }

            if (every == IPeriodicWork.Finished)
            {
                return every;
            }
            var left = every - time.GetElapsedTime(began);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
#pragma warning disable CA1031 // No fault of a part ends the work, or the process.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (stopping.IsCancellationRequested)
            {
                return IPeriodicWork.Finished;
            }
            var failures = Interlocked.Increment(ref _failuresInARow);
            // Once an outage; work that fails every other time is not to fill the log.
            if (!_isLogged && _pace.TryTake())
            {
                _isLogged = true;
                LogFails(failure, work.Name);
            }

            return work.Backoff.After(failures);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await work.EndAsync();
        }
#pragma warning disable CA1031 // The process ends in any case, and the others end as they would.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFails(failure, work.Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first run is none of the start's: it may work without ever waiting.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = await RunOnceAsync(stoppingToken);
            if (wait == IPeriodicWork.Finished)
            {
                return;
            }
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                await Task.Yield();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Background work fails and is tried again: {Work}")]
    private partial void LogFails(Exception failure, string work);

    [LoggerMessage(Level = LogLevel.Information, Message = "Background work goes on after {Failures} failures: {Work}")]
    private partial void LogGoesOn(int failures, string work);
}

/// <summary>One for each kind of work, by which it is known whether it was added.</summary>
internal sealed class PeriodicRunner<TWork>(TWork work, TimeProvider time, ILogger<TWork> logger)
    : PeriodicRunner(work, time, logger)
    where TWork : IPeriodicWork;
