using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PortalServices.Messaging.Outbox;

/// <summary>
/// The outbox, beside what "ready" means: while events wait, requests are answered all the same, unless it is full.
/// </summary>
internal sealed class OutboxHealth<TContext>(OutboxState<TContext> state, TimeProvider time) : IHealthCheck
    where TContext : DbContext
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var waited =
            state.OldestAt == 0
                ? TimeSpan.Zero
                : time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(state.OldestAt);
        var data = new Dictionary<string, object>
        {
            ["waiting"] = state.Waiting,
            ["longestSeconds"] = Math.Max(0, Math.Floor(waited.TotalSeconds)),
        };
        return Task.FromResult(
            state.IsFull
                ? HealthCheckResult.Degraded("The outbox is full: changes that publish are refused.", data: data)
            : waited > LongWait ? HealthCheckResult.Degraded("Events wait to be published.", data: data)
            : HealthCheckResult.Healthy("Events are published.", data)
        );
    }
}
