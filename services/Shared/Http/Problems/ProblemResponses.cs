using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using PortalServices.Http.Requests;

namespace PortalServices.Http.Problems;

/// <summary>Turns exceptions, and failed replies without a body, into problems.</summary>
internal sealed partial class ProblemResponses(ILogger<ProblemResponses> logger) : IExceptionHandler
{
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        ProblemCode? code = exception switch
        {
            BadHttpRequestException { InnerException: JsonException } or JsonException => CommonProblems.InvalidJson,
            BadHttpRequestException bad => ForStatus(bad.StatusCode) ?? CommonProblems.InvalidRequest,
            _ when BodyFault.IsCauseOf(exception, httpContext.Request) => BodyFault.Of(exception),
            _ => CommonProblems.InternalError,
        };
        if (code == CommonProblems.InternalError)
        {
            LogFault(exception, httpContext.Request.Method, httpContext.Request.Path);
        }
        if (code is null)
        {
            Leave(httpContext, exception);
        }
        else
        {
            await WriteAsync(httpContext, code);
        }
        return true;
    }

    private void Leave(HttpContext context, Exception exception)
    {
        LogGone(exception, context.Request.Method, context.Request.Path);
        context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        context.Abort();
    }

    private async Task WriteAsync(HttpContext context, ProblemCode code)
    {
        try
        {
            await Problem.Of(code).ExecuteAsync(context);
        }
        catch (Exception gone)
            when (context.RequestAborted.IsCancellationRequested && gone is IOException or OperationCanceledException)
        {
            // Else the framework logs the failure again, and that it could not be told.
            LogGone(gone, context.Request.Method, context.Request.Path);
        }
    }

    /// <summary>For replies that have a status and nothing else, as routing and the proxy leave them.</summary>
    public static Task WriteForStatusAsync(StatusCodeContext status) =>
        ForStatus(status.HttpContext.Response.StatusCode) is { } code
            ? Problem
                .Of(code, retryAfter: code.Status is 503 or 504 ? ShortWait : null)
                .ExecuteAsync(status.HttpContext)
            : Task.CompletedTask;

    private static ProblemCode? ForStatus(int status) =>
        status switch
        {
            400 => CommonProblems.InvalidRequest,
            404 => CommonProblems.NotFound,
            405 => CommonProblems.MethodNotAllowed,
            406 => CommonProblems.NotAcceptable,
            408 => CommonProblems.RequestTimeout,
            413 => CommonProblems.BodyTooLarge,
            414 => CommonProblems.UriTooLong,
            415 => CommonProblems.UnsupportedMediaType,
            431 => CommonProblems.HeadersTooLarge,
            500 => CommonProblems.InternalError,
            502 or 503 => CommonProblems.ServiceUnavailable,
            504 => CommonProblems.ServiceTimeout,
            _ => null,
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, string path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}: the client has gone")]
    private partial void LogGone(Exception exception, string method, string path);
}
