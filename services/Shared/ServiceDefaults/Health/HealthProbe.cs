using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PortalServices.ServiceDefaults.Health;

/// <summary>
/// One health check, which has <see cref="Budget"/> to end. At most one run of it is under way: who asks meanwhile is
/// answered by that run, so that a part that stands still is asked once and not again and again.
/// </summary>
internal sealed class HealthProbe(HealthCheckRegistration registration, IServiceScopeFactory scopes, TimeProvider time)
{
    /// <summary>
    /// Well below a second, in which readiness answers, and far more than a part takes that answers at all.
    /// </summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(600);

    private readonly Lock _lock = new();
    private Run? _underWay;

    public string Name => registration.Name;

    /// <summary>
    /// What the check says; where it says nothing in time, its registration's failure status. Never throws.
    /// </summary>
    public async Task<HealthCheckResult> AskAsync()
    {
        var run = Join();
        var left = Budget - time.GetElapsedTime(run.Started);
        if (!run.Result.IsCompleted && left > TimeSpan.Zero)
        {
            await Task.WhenAny(run.Result, Task.Delay(left, time));
        }
        return run.Result.IsCompleted ? await run.Result : Unanswered(run);
    }

    private Run Join()
    {
        lock (_lock)
        {
            if (_underWay is not { Result.IsCompleted: false })
            {
                // On a thread of its own until it first waits: a check may block, as one of SQLite does, and must not
                // take a thread that answers requests.
                var started = time.GetTimestamp();
                _underWay = new Run(
                    started,
                    Task.Factory.StartNew(
                            CheckAsync,
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                        .Unwrap()
                );
            }

            return _underWay;
        }
    }

    private async Task<HealthCheckResult> CheckAsync()
    {
        using var timeout = new CancellationTokenSource(Budget, time);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var check = registration.Factory(scope.ServiceProvider);
            return await check.CheckHealthAsync(new HealthCheckContext { Registration = registration }, timeout.Token);
        }
#pragma warning disable CA1031 // A check that fails is told as what it is, and harms no other.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return timeout.IsCancellationRequested
                ? Failed($"It did not answer within {Budget.TotalMilliseconds:0} ms.")
                : Failed($"The check failed: {failure.GetType().Name}.");
        }
    }

    private HealthCheckResult Unanswered(Run run) =>
        Failed(
            $"It did not answer within {Budget.TotalMilliseconds:0} ms.",
            new Dictionary<string, object>
            {
                ["unansweredSeconds"] = Math.Floor(time.GetElapsedTime(run.Started).TotalSeconds),
            }
        );

    private HealthCheckResult Failed(string description, Dictionary<string, object>? data = null) =>
        new(registration.FailureStatus, description, data: data);

    private sealed record Run(long Started, Task<HealthCheckResult> Result);
}
