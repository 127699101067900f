using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults.Health;

/// <summary>
/// The health checks of the process, asked side by side: the report is there within a second, whatever stands still,
/// because a probe from outside has a timeout of its own and would take a process that still answers for one that is
/// gone.
/// </summary>
internal sealed class HealthProbes(
    IOptions<HealthCheckServiceOptions> options,
    IServiceScopeFactory scopes,
    TimeProvider time
)
{
    private readonly HealthProbe[] _probes =
    [
        .. options.Value.Registrations.Select(registration => new HealthProbe(registration, scopes, time)),
    ];

    /// <summary>What each check says, by its name.</summary>
    public async Task<IReadOnlyList<(string Name, HealthCheckResult Result)>> AskAsync()
    {
        var results = await Task.WhenAll(_probes.Select(probe => probe.AskAsync()));
        return [.. _probes.Zip(results, (probe, result) => (probe.Name, result))];
    }
}
