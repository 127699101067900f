using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PortalServices.Counting.Storage;

/// <summary>
/// The store, beside what "ready" means: a process without its store still answers (503, or the last numbers), so it is degraded and not
/// unhealthy.
/// </summary>
internal sealed class StoreHealth(StoreConnection store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var roundTrip = await store.Database.PingAsync();
            var data = new Dictionary<string, object> { ["roundTripMilliseconds"] = Math.Round(roundTrip.TotalMilliseconds, 1) };
            if (store.Latest is { } process)
            {
                data["kind"] = process.Kind.ToString();
                data["appendFsync"] = process.Fsync;
                // Of several processes the fullest.
                var fullest = store.Checked.Select(each => each.Fill).DefaultIfEmpty(process.Fill).MaxBy(fill => fill.Fraction)!;
                data["fillPercent"] = Math.Round(fullest.Fraction * 100, 1);
                if (fullest.Room > StoreRoom.Everything)
                {
                    return HealthCheckResult.Degraded("The store answers, but is nearly full: new pages count under \"other\", and sites may be refused.", data: data);
                }
            }

            return store.Latest?.Fsync == "everysec"
                ? HealthCheckResult.Healthy("The store answers; it writes to disk once a second, so a crash of its machine may lose the last second.", data)
                : HealthCheckResult.Healthy("The store answers.", data);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return HealthCheckResult.Degraded("The store does not answer: views get 503, reads the last numbers.", e);
        }
    }
}
