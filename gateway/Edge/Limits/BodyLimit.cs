using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge;

/// <summary>Refuses a body that says to be too large before anything else is done for the request. One that does not say is held to the same limit by <see cref="WholeBody"/>.</summary>
internal sealed class BodyLimit(EdgeOptions options, EdgeTelemetry telemetry)
{
    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        context.Request.ContentLength is { } length && HasBody(context) && length > Of(context) ? RefuseAsync(context) : next(context);

    /// <summary>The limit of the request's route, in bytes.</summary>
    public long Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<BodySizeLimit>()?.Bytes ?? options.MaxBodyBytes;

    /// <summary>Answers 413 and names the limit.</summary>
    public Task RefuseAsync(HttpContext context) =>
        telemetry.RefuseAsync(context, CommonProblems.BodyTooLarge, string.Create(CultureInfo.InvariantCulture, $"{Of(context)} bytes"));

    /// <summary>Whether the request has a body that this process reads: not the bytes after an upgrade.</summary>
    public static bool HasBody(HttpContext context)
    {
        var features = context.Features;
        return features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
            && features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true
            && features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect != true;
    }
}
