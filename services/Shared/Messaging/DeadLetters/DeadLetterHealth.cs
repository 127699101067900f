using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>Tells of dead letters, which wait for an operator; when they are full, failing messages are held.</summary>
internal sealed class DeadLetterHealth(
    string service,
    IEnumerable<ServiceDeadLetters> stores,
    IOptions<MessagingOptions> options
) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            var (_, total) = await stores.Of(service).ListAsync(null, 0, 0, cancellationToken);
            var data = new Dictionary<string, object> { ["count"] = total };
            return total >= options.Value.MaxDeadLetters
                ? HealthCheckResult.Degraded("The dead letters are full: messages that fail are held.", data: data)
                : HealthCheckResult.Healthy(
                    total == 0 ? "There are none." : "Messages that failed wait to be replayed or discarded.",
                    data
                );
        }
#pragma warning disable CA1031 // Whatever keeps them from being counted is told.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return HealthCheckResult.Degraded("The dead letters do not answer.", failure);
        }
    }
}
