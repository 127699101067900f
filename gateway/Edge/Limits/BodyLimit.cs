using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge;

/// <summary>
/// Waits for the whole body before anything behind the edge sees the request, and refuses one that is too large, malformed or too slow: what a client does with
/// its body reaches no service, and a failure behind the edge is never the client's.
/// </summary>
internal sealed class BodyLimit(EdgeOptions options, EdgeTelemetry telemetry, TimeProvider time)
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true)
        {
            // What follows such a head is no body but bytes without end, of a protocol that nobody here speaks. It is answered as if it had not asked.
            request.Headers.Remove("Upgrade");
            request.Body = Stream.Null;
            return next(context);
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false
            || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true)
            return next(context);

        var limit = context.GetEndpoint()?.Metadata.GetMetadata<BodySizeLimit>()?.Bytes ?? options.MaxBodyBytes;
        return request.ContentLength > limit ? RefuseAsync(context, limit) : ReadThenRunAsync(context, next, limit);
    }

    async Task ReadThenRunAsync(HttpContext context, RequestDelegate next, long limit)
    {
        var reader = context.Request.BodyReader;
        ITimer? timeout = null;
        try
        {
            while (true)
            {
                // Nearly always it has come with the head of the request, and no timer is needed.
                if (!reader.TryRead(out var read))
                {
                    timeout ??= BodyTimeout.Start(reader, options.RequestTimeout, time);
                    read = await reader.ReadAsync();
                }

                if (read.Buffer.Length > limit || read.IsCanceled)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    await (read.IsCanceled ? telemetry.RefuseAsync(context, CommonProblems.RequestTimeout) : RefuseAsync(context, limit));
                    return;
                }

                if (read.IsCompleted)
                {
                    Keep(context.Request, read.Buffer);
                    break;
                }

                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            await RefuseAsync(context, failure);
            return;
        }
        finally
        {
            if (timeout is not null)
                await timeout.DisposeAsync();
        }

        // If the time was up in the same moment, the next to read would be told so, and not of the whole body.
        if (timeout is not null && reader.TryRead(out var left))
            reader.AdvanceTo(left.Buffer.Start, left.Buffer.End);
        await next(context);
    }

    // It is read again from where it lies. What came in chunks gets the length that it turned out to have.
    static void Keep(HttpRequest request, ReadOnlySequence<byte> whole)
    {
        if (request.ContentLength is not null)
        {
            request.BodyReader.AdvanceTo(whole.Start, whole.End);
            return;
        }

        var body = whole.ToArray();
        request.BodyReader.AdvanceTo(whole.End);
        request.Headers.Remove("Transfer-Encoding");
        request.ContentLength = body.Length;
        request.Body = new MemoryStream(body, writable: false);
    }

    Task RefuseAsync(HttpContext context, Exception failure)
    {
        if (BodyFault.Of(failure) is { } problem)
            return telemetry.RefuseAsync(context, problem);
        context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        context.Abort();
        return Task.CompletedTask;
    }

    Task RefuseAsync(HttpContext context, long limit) =>
        telemetry.RefuseAsync(context, CommonProblems.BodyTooLarge, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{limit} bytes"));
}
