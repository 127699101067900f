using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Http.Json;
using PortalServices.ServiceDefaults.Shutdown;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.ServiceDefaults.Health;

/// <summary>
/// <c>/health/live</c> and <c>/health/ready</c>. Ready means "can answer": an unhealthy check is 503, a degraded one is
/// told beside it, so what a service can do without is registered with <see cref="HealthStatus.Degraded"/> as its
/// failure status, which it has too when it does not answer in time.
/// </summary>
internal static class HealthEndpoints
{
    public const string Root = "/health",
        Ready = "/health/ready";
    private const string Live = "/health/live";

    /// <summary>On every door but the public one; the probe door has nothing else but the metrics.</summary>
    public static void UseHealth(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                // Asked once: it is a question of every request.
                var door = context.Door();
                var path = context.Request.Path;
                if (
                    door is not Door.Public
                    && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
                )
                {
                    if (path == Live)
                    {
                        return WriteAsync(context, 200, new Dictionary<string, object> { ["status"] = "live" });
                    }
                    if (path == Ready)
                    {
                        return ReportAsync(context);
                    }
                }

                return door is Door.Probe && path != TelemetrySetup.MetricsPath
                    ? Problem.Of(CommonProblems.NotFound).ExecuteAsync(context)
                    : next(context);
            }
        );

    private static async Task ReportAsync(HttpContext context)
    {
        var isDraining = context.RequestServices.GetRequiredService<Drain>().IsDraining;
        var results = await context.RequestServices.GetRequiredService<HealthProbes>().AskAsync();
        var isReady = !isDraining && results.All(each => each.Result.Status != HealthStatus.Unhealthy);
        await WriteAsync(
            context,
            isReady ? 200 : 503,
            new Dictionary<string, object>
            {
                ["status"] =
                    isReady ? "ready"
                    : isDraining ? "draining"
                    : "notReady",
                ["checks"] = results.ToDictionary(
                    each => each.Name,
                    each => new
                    {
                        each.Result.Status,
                        each.Result.Description,
                        each.Result.Data,
                    }
                ),
            }
        );
    }

    private static Task WriteAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, body, PortalJson.Options, context.RequestAborted);
    }
}
