using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge;

/// <summary>
/// Refuses a body that is too large before anything behind the edge sees the request. A body of unknown length, which browsers do not send,
/// is read here first, so that it too is refused whole.
/// </summary>
internal sealed class BodyLimit(EdgeOptions options, EdgeTelemetry telemetry)
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var features = context.Features;
        if (features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false
            || features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
            || features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true)
            return next(context);

        var limit = context.GetEndpoint()?.Metadata.GetMetadata<BodySizeLimit>()?.Bytes ?? options.MaxBodyBytes;
        if (context.Request.ContentLength is not { } length)
            return ReadThenRunAsync(context, next, limit);
        return length > limit ? RefuseAsync(context, limit) : next(context);
    }

    async Task ReadThenRunAsync(HttpContext context, RequestDelegate next, long limit)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                await RefuseAsync(context, limit);
                return;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                context.Request.Headers.Remove("Transfer-Encoding");
                context.Request.ContentLength = body.Length;
                context.Request.Body = new MemoryStream(body, writable: false);
                break;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        await next(context);
    }

    Task RefuseAsync(HttpContext context, long limit) =>
        telemetry.RefuseAsync(context, CommonProblems.BodyTooLarge, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{limit} bytes"));
}
