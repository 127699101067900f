using System.Diagnostics;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using PortalServices.Edge;
using PortalServices.Frames.Calling;
using PortalServices.Gateway.Replicas;
using PortalServices.ServiceDefaults.Requests;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Framed;

/// <summary>
/// Sends requests of framed routes without the pipeline, to the replica that the proxy's own policy picks. A reply goes
/// back as it is. Where there is none, the pipeline goes on with what became of the request: it knows what to do.
/// </summary>
internal sealed class DirectForwarding(
    IOptions<EdgeOptions> edge,
    FramePeers peers,
    RequestsUnderWay underWay,
    IEnumerable<ILoadBalancingPolicy> balancing,
    IEnumerable<IPassiveHealthCheckPolicy> health,
    SuspensionDetector suspension,
    TimeProvider time
) : IDirectHandler
{
    private readonly Dictionary<string, ILoadBalancingPolicy> _balancing = balancing.ToDictionary(
        policy => policy.Name,
        StringComparer.OrdinalIgnoreCase
    );

    private readonly Dictionary<string, IPassiveHealthCheckPolicy> _health = health.ToDictionary(
        policy => policy.Name,
        StringComparer.OrdinalIgnoreCase
    );

    public bool Covers(HttpRequest request) => FramedForwarding.Carries(request);

    public Task<bool> TryAnswerAsync(DirectRequest request)
    {
        var context = request.Context;
        var metadata = context.GetEndpoint()?.Metadata;
        if (
            metadata?.GetMetadata<FramedRoute>() is not { } route
            || metadata.GetMetadata<RouteModel>()?.Cluster is not { } cluster
            || Pick(context, cluster) is not { } replica
            || !FramePeers.MayHave(replica)
        )
        {
            return Task.FromResult(false);
        }
        if (Activity.Current is not null)
        {
            FramedForwarding.PassTrace(context.Request);
        }
        var since = time.GetTimestamp();
        var reader = context.Request.BodyReader;
        if (!reader.TryRead(out var body))
        {
            return Task.FromResult(false);
        }
        var admission = peers
            .Of(cluster.ClusterId, replica)
            .Send(
                context.Request,
                route,
                body.Buffer,
                // As long may it have lain in the sockets of this process.
                suspension.RecentPause(),
                FramedForwarding.Timeout(edge.Value.RequestTimeout, cluster.Model.Config.HttpRequest),
                context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? CancellationToken.None,
                out var sent
            );
        reader.AdvanceTo(body.Buffer.Start, body.Buffer.End);
        return admission == FrameAdmission.Sent
            ? ReplyAsync(request, cluster, replica, sent, since)
            : Task.FromResult(false);
    }

    private async Task<bool> ReplyAsync(
        DirectRequest request,
        ClusterState cluster,
        DestinationState replica,
        ValueTask<FramedReply> sent,
        long since
    )
    {
        FramedReply reply;
        underWay.Begin(replica);
        try
        {
            reply = await sent;
        }
        finally
        {
            underWay.End(replica);
        }
        var context = request.Context;
        // An error without a body gets one from the pipeline.
        if (
            reply.Outcome != FrameOutcome.Replied
            || (reply.Body.IsEmpty && reply.Status >= StatusCodes.Status400BadRequest)
        )
        {
            context.Features.Set(new FramedAttempt(replica, reply, since));
            return false;
        }
        using (reply)
        {
            NoteSuccess(context, cluster, replica);
            if (FramedForwarding.AppendHeaders(context.Response, reply))
            {
                peers.LeaveOut(cluster.ClusterId, replica);
            }
            request.CompleteHeaders();
            await FramedForwarding.WriteBodyAsync(context.Response, reply);
            return true;
        }
    }

    private DestinationState? Pick(HttpContext context, ClusterState cluster)
    {
        var replicas = cluster.DestinationsState.AvailableDestinations;
        return replicas.Count < 2
            ? replicas.Count == 0
                ? null
                : replicas[0]
            : _balancing
                .GetValueOrDefault(cluster.Model.Config.LoadBalancingPolicy ?? LoadBalancingPolicies.PowerOfTwoChoices)
                ?.PickDestination(context, cluster, replicas);
    }

    // Failures are held against a replica by their share of all.
    private void NoteSuccess(HttpContext context, ClusterState cluster, DestinationState replica)
    {
        if (
            cluster.Model.Config.HealthCheck?.Passive is { Enabled: true } passive
            && _health.TryGetValue(
                passive.Policy ?? HealthCheckConstants.PassivePolicy.TransportFailureRate,
                out var policy
            )
        )
        {
            policy.RequestProxied(context, cluster, replica);
        }
    }
}
