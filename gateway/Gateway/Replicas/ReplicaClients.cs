using Yarp.ReverseProxy.Forwarder;

namespace PortalServices.Gateway.Replicas;

/// <summary>The clients that talk to replicas, one for each cluster.</summary>
internal sealed class ReplicaClients(ReplicaHealth health) : ForwarderHttpClientFactory
{
    // A host that vanished without a word is found out in seconds, not by every waiting request for itself.
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = TimeSpan.FromSeconds(2);
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new ReplicaWatch(context.ClusterId, health, base.WrapHandler(context, handler));
}
