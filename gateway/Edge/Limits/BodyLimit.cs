using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.Http.Requests;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge.Limits;

/// <summary>
/// Waits for the whole body before anything behind the edge sees the request, and refuses one that is too large,
/// malformed or too slow: what a client does with its body reaches no service, and a failure behind the edge is never
/// the client's.
/// </summary>
internal sealed class BodyLimit(EdgeOptions options, EdgeTelemetry telemetry, TimeProvider time)
{
    // Half of what the server buffers of a connection.
    private const int MaxBytesInPlace = 32 * 1024;

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true)
        {
            // What follows such a head is no body but bytes without end, of a protocol that nobody here speaks. It is
            // answered as if it had not asked.
            request.Headers.Remove("Upgrade");
            request.Body = Stream.Null;
            return next(context);
        }

        if (
            context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false
            || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true
        )
        {
            return next(context);
        }

        var limit = MaxBytes(context);
        return request.ContentLength > limit ? RefuseAsync(context, limit) : ReadThenRunAsync(context, next, limit);
    }

    /// <summary>The largest body that the request may have, in bytes.</summary>
    public long MaxBytes(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<BodySizeLimit>()?.Bytes ?? options.MaxBodyBytes;

    private async Task ReadThenRunAsync(HttpContext context, RequestDelegate next, long limit)
    {
        var reader = context.Request.BodyReader;
        ArrayBufferWriter<byte>? before = null;
        ITimer? timeout = null;
        long waitsSince = 0;
        try
        {
            while (true)
            {
                // Nearly always it has come with the head of the request, and no timer is needed.
                if (!reader.TryRead(out var read))
                {
                    if (timeout is null)
                    {
                        (timeout, waitsSince) = (
                            BodyTimeout.Start(reader, options.RequestTimeout, time),
                            time.GetTimestamp()
                        );
                    }
                    read = await reader.ReadAsync();
                }

                var isTooLarge = (before?.WrittenCount ?? 0) + read.Buffer.Length > limit;
                if (isTooLarge || read.IsCanceled)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    await (
                        isTooLarge
                            ? RefuseAsync(context, limit)
                            : telemetry.RefuseAsync(context, CommonProblems.RequestTimeout)
                    );
                    return;
                }

                if (read.IsCompleted && before is null && context.Request.ContentLength is not null)
                {
                    // It is read again from where it lies.
                    reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    break;
                }

                // The server holds back what is more than its buffer until some of it has been taken.
                if (read.IsCompleted || before is not null || read.Buffer.Length > MaxBytesInPlace)
                {
                    before ??= new ArrayBufferWriter<byte>();
                    foreach (var segment in read.Buffer)
                    {
                        before.Write(segment.Span);
                    }
                    reader.AdvanceTo(read.Buffer.End);
                }
                else
                {
                    reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                }

                if (read.IsCompleted)
                {
                    Replace(context.Request, before!.WrittenSpan.ToArray());
                    break;
                }
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
            {
                await timeout.DisposeAsync();
            }
        }

        if (timeout is not null)
        {
            GatewayHeaders.AddWaited(context.Request.Headers, time.GetElapsedTime(waitsSince));
        }
        // If the time was up in the same moment, the next to read would be told so, and not of the whole body.
        if (timeout is not null && before is null && reader.TryRead(out var left))
        {
            reader.AdvanceTo(left.Buffer.Start, left.Buffer.End);
        }
        await next(context);
    }

    // What came in chunks gets the length that it turned out to have.
    private static void Replace(HttpRequest request, byte[] body)
    {
        request.Headers.Remove("Transfer-Encoding");
        request.ContentLength = body.Length;
        request.Body = new MemoryStream(body, writable: false);
    }

    private Task RefuseAsync(HttpContext context, Exception failure)
    {
        if (BodyFault.Of(failure) is { } problem)
        {
            return telemetry.RefuseAsync(context, problem);
        }
        context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        context.Abort();
        return Task.CompletedTask;
    }

    private Task RefuseAsync(HttpContext context, long limit) =>
        telemetry.RefuseAsync(
            context,
            CommonProblems.BodyTooLarge,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{limit} bytes")
        );
}
