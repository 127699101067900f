using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.Edge.Limits;

/// <summary>
/// Refuses what may have waited too long in this process' sockets; who still waits for an answer sends it again.
/// </summary>
internal sealed class SuspensionLimit(EdgeOptions options, SuspensionDetector suspension, EdgeTelemetry telemetry)
{
    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        Refuses(context.Request)
            ? telemetry.RefuseAsync(
                context,
                CommonProblems.ServiceUnavailable,
                retryAfter: SuspensionDetector.GracePeriod
            )
            : next(context);

    public bool Refuses(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && suspension.ResumedWithin(options.MaxTolerablePause);
}
