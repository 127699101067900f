namespace PortalServices.Gateway.Replicas;

/// <summary>How far a request came that got no reply, by the exception it ended with.</summary>
internal static class Delivery
{
    // RFC 9113, 5.4.1: with it the client ends a connection whose pings are not answered.
    private const long ProtocolError = 1;

    // RFC 9113, 6.8 and 8.7: NO_ERROR is what the streams behind the last one of a GOAWAY end with; both say that
    // nothing was done for the request.
    private const long NoError = 0,
        RefusedStream = 7;

    /// <summary>Whether there was no connection to send it on.</summary>
    public static bool HasNoConnection(Exception? cause) =>
        cause switch
        {
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError
            } => true,
            // As the client names a connection that took too long.
            OperationCanceledException { InnerException: TimeoutException } => true,
            _ => false,
        };

    /// <summary>Whether its connection was given up, whatever had been made of it by then.</summary>
    public static bool WasGivenUp(Exception? cause) =>
        cause switch
        {
            null => false,
            HttpProtocolException { ErrorCode: ProtocolError } => true,
            AggregateException several => several.InnerExceptions.Any(WasGivenUp),
            _ => WasGivenUp(cause.InnerException),
        };

    /// <summary>Whether it certainly reached nobody who did something for it.</summary>
    public static bool WasNotMade(Exception? cause) =>
        cause switch
        {
            null => false,
            AggregateException several => several.InnerExceptions.Any(WasNotMade),
            HttpProtocolException { ErrorCode: NoError or RefusedStream } => true,
            _ => HasNoConnection(cause) || WasNotMade(cause.InnerException),
        };
}
