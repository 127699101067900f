using System.Diagnostics;
using PortalServices.ServiceDefaults.Health;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>
/// Says in the server's span of a request what the request was, by the conventions of OpenTelemetry: of those that are
/// recorded. It stands in for the instrumentation of ASP.NET Core, which listens to every request to find them.
/// </summary>
internal static class RequestSpan
{
    /// <summary>Comes first.</summary>
    public static void Use(IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
                Activity.Current is { Recorded: true } span ? DescribeAsync(span, context, next) : next(context)
        );

    /// <summary>What is known once a request is over.</summary>
    private static void End(Activity span, HttpContext context)
    {
        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } route)
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{context.Request.Method} {route}";
        }
    }

    /// <summary>What is known when it begins. The path of an API has no secrets; a query may.</summary>
    private static void Begin(Activity span, HttpContext context)
    {
        var request = context.Request;
        span.DisplayName = request.Method;
        span.SetTag("http.request.method", request.Method);
        span.SetTag("url.path", request.Path.Value);
        span.SetTag("url.scheme", request.Scheme);
    }

    private static async Task DescribeAsync(Activity span, HttpContext context, RequestDelegate next)
    {
        if (!IsTraced(context))
        {
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            await next(context);
            return;
        }
        Begin(span, context);
        try
        {
            await next(context);
        }
        finally
        {
            End(span, context);
        }
    }

    private static bool IsTraced(HttpContext context) =>
        context.Door() is not Door.Probe && !context.Request.Path.StartsWithSegments(HealthEndpoints.Root);
}
