using PortalServices.Frames.Calling;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Framed;

/// <summary>
/// A request that was sent to a replica before the pipeline ran. A feature of the request, for as long as nobody has
/// taken it up.
/// </summary>
/// <param name="Replica">Where it was sent.</param>
/// <param name="Reply">What became of it.</param>
/// <param name="Since">When it was sent; a timestamp.</param>
internal sealed record FramedAttempt(DestinationState Replica, FramedReply Reply, long Since);
