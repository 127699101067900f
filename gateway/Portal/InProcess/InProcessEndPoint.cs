using System.Net;

namespace PortalServices.Portal.InProcess;

/// <summary>Where the server takes connections of its own process; no socket, so nobody else can connect.</summary>
internal sealed class InProcessEndPoint : EndPoint
{
    public override string ToString() => "in-process";
}
