using System.IO.Pipelines;

namespace PortalServices.Http.Requests;

/// <summary>Ends a wait for more of a request's body.</summary>
public static class BodyTimeout
{
    /// <summary>
    /// After the time, a pending read returns as canceled. A token would end it too, but the server takes a body whose
    /// read was canceled by a token for one that is still being read: it logs an error and cannot use the connection
    /// again.
    /// </summary>
    public static ITimer Start(PipeReader body, TimeSpan after, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(time);
        return time.CreateTimer(
            static state => ((PipeReader)state!).CancelPendingRead(),
            body,
            after,
            Timeout.InfiniteTimeSpan
        );
    }
}
