using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge;

/// <summary>What is not there for the internet, whichever part of the process would answer it.</summary>
internal static class PublicDoor
{
    private static readonly PathString[] Closed = ["/api/operator", "/health", "/metrics", "/docs", "/openapi"];

    public static void UsePublicDoor(this IApplicationBuilder app, EdgeTelemetry telemetry) =>
        app.Use(
            (context, next) =>
                context.Door() is Door.Public && Closed.Any(closed => context.Request.Path.StartsWithSegments(closed))
                    ? telemetry.RefuseAsync(context, CommonProblems.NotFound)
                    : next(context)
        );
}
