using Microsoft.AspNetCore.Connections;

namespace PortalServices.Http.Requests;

/// <summary>
/// What is wrong with a request whose body could not be read to its end. It is always the doing of whoever sent it,
/// never a fault of the product.
/// </summary>
public static class BodyFault
{
    /// <summary>
    /// The problem; null when the client has gone and nobody reads a reply. Only for what reading the body threw: what
    /// else throws the same exceptions, such as a file or another server, is no fault of the client.
    /// </summary>
    public static ProblemCode? Of(Exception failure) =>
        failure switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
                CommonProblems.RequestTimeout,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => CommonProblems.BodyTooLarge,
            BadHttpRequestException => CommonProblems.InvalidRequest,
            // What the server says of the size of a chunk that is too large for a number.
            IOException { InnerException: OverflowException } => CommonProblems.InvalidRequest,
            _ => null,
        };

    /// <summary>Whether a failure comes from the request's body: then reading on fails as well.</summary>
    public static bool IsCauseOf(Exception failure, HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (failure is ConnectionResetException or ConnectionAbortedException)
        {
            return true;
        }
        if (failure is not IOException)
        {
            return false;
        }
        try
        {
            var body = request.BodyReader;
            if (body.TryRead(out var read))
            {
                body.AdvanceTo(read.Buffer.Start);
            }
            return false;
        }
        catch (Exception again) when (again is IOException or InvalidOperationException or OperationCanceledException)
        {
            return true;
        }
    }
}
