namespace PortalServices.Edge.Doors;

/// <summary>Hides the operators', health, metrics and docs routes on the public endpoint.</summary>
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
