using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PortalServices.ServiceDefaults.Health;

/// <summary>Names the background work that fails at the moment. Requests are answered without it.</summary>
internal sealed class WorkHealth(IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        string[] failing =
        [
            .. services
                .GetServices<IHostedService>()
                .OfType<PeriodicRunner>()
                .Where(work => work.IsFailing)
                .Select(work => work.Name),
        ];
        return Task.FromResult(
            failing.Length == 0
                ? HealthCheckResult.Healthy("Background work goes on.")
                : HealthCheckResult.Degraded(
                    "Some background work fails and is tried again.",
                    data: new Dictionary<string, object> { ["failing"] = failing }
                )
        );
    }
}
