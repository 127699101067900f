using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// What the probes of a replica say: one that answers is healthy, one that has not answered several times in a row is
/// not. Until then it is what it was: the proxy's own policy takes a replica that was left out back at the first probe
/// that fails.
/// </summary>
internal sealed class Readiness(IDestinationHealthUpdater health) : IActiveHealthCheckPolicy
{
    private const int UsualThreshold = 2;

    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _failures = [];

    public string Name => nameof(Readiness);

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var threshold =
            cluster.Model.Config.Metadata?.GetValueOrDefault(
                ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName
            )
                is { } text
            && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var own)
                ? own
                : UsualThreshold;
        health.SetActive(
            cluster,
            [.. probingResults.Select(each => new NewActiveDestinationHealth(each.Destination, Of(each, threshold)))]
        );
    }

    private DestinationHealth Of(DestinationProbingResult probe, int threshold)
    {
        var failures = _failures.GetValue(probe.Destination, static _ => new StrongBox<int>());
        if (probe.Response?.IsSuccessStatusCode == true)
        {
            failures.Value = 0;
            return DestinationHealth.Healthy;
        }

        return ++failures.Value >= threshold ? DestinationHealth.Unhealthy : probe.Destination.Health.Active;
    }
}
