using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using PortalServices.Frames.Calling;
using PortalServices.Gateway.Replicas;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Framed;

/// <summary>The connections for frames, one to each replica.</summary>
internal sealed class FramePeers(
    IOptions<FramesOptions> options,
    ReplicaHealth health,
    TimeProvider time,
    ILogger<FramePeers> logger
) : IDisposable
{
    private readonly ConditionalWeakTable<DestinationState, FramePeer> _peers = [];

    public FramePeer Of(string clusterId, DestinationState replica) =>
        _peers.TryGetValue(replica, out var peer) ? peer : Add(clusterId, replica);

    /// <summary>As long as no probe finds it ready, nothing is sent there that can go elsewhere.</summary>
    public void LeaveOut(string clusterId, DestinationState replica) =>
        health.LeaveOut(clusterId, new Uri(replica.Model.Config.Address));

    /// <summary>Whether a replica may be sent frames: they are not encrypted.</summary>
    public static bool MayHave(DestinationState replica) =>
        !replica.Model.Config.Address.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    public void Dispose()
    {
        foreach (var (_, peer) in _peers)
        {
            peer.Dispose();
        }
    }

    private FramePeer Add(string clusterId, DestinationState replica) =>
        _peers.GetValue(
            replica,
            added =>
            {
                var address = new Uri(added.Model.Config.Address);
                return new FramePeer(
                    address,
                    new FrameLimits { MaxInFlight = options.Value.MaxInFlight },
                    time,
                    logger,
                    () => health.LeaveOut(clusterId, address)
                );
            }
        );
}
