using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.Http.Requests;

namespace PortalServices.ServiceDefaults.Requests;

/// <summary>
/// Reads what is left of a request's body before the reply ends, also of one that was refused: over HTTP/2 a reply to a
/// half-read request resets the stream, and the caller sees a broken connection in place of the reply. Bounded in bytes
/// and time; past that the client is cut off.
/// </summary>
internal static class BodyDrain
{
    private const int MaxBytes = 4 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static void UseBodyDrain(this IApplicationBuilder app) =>
        app.Use((context, next) => HasBody(context) ? RunAsync(context, next) : next(context));

    // Not the bytes after an upgrade; nor a body that its client holds back until it is asked for.
    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
        && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true
        && context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect != true
        && context.Request.Headers.Expect.Count == 0;

    private static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await DrainAsync(context);
            }
        }
    }

    private static async Task DrainAsync(HttpContext context)
    {
        var pipe = context.Request.BodyReader;
        ITimer? timeout = null;
        try
        {
            for (long read = 0; read <= MaxBytes; )
            {
                // Nearly always the body has been read already, and no timer is needed.
                if (!pipe.TryRead(out var result))
                {
                    timeout ??= BodyTimeout.Start(pipe, Timeout, TimeProvider.System);
                    result = await pipe.ReadAsync();
                }

                read += result.Buffer.Length;
                pipe.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (ConnectionResetException)
        {
            // The server would try once more to read from a connection that is gone, and log that as an error of the
            // product.
            context.Abort();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The body is none, breaks off, or was given back by who read it: what follows is the server's business.
        }
        finally
        {
            if (timeout is not null)
            {
                await timeout.DisposeAsync();
            }
        }
    }
}
