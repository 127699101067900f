namespace PortalServices.Edge.Doors;

/// <summary>Hides the operators', health, metrics and docs routes on the public endpoint.</summary>
internal static class PublicDoor
{
    private static readonly PathString[] Closed = ["/api/operator", "/health", "/metrics", "/docs", "/openapi"];

    public static void UsePublicDoor(this IApplicationBuilder app, EdgeTelemetry telemetry) =>
        app.Use(
            (context, next) => Hides(context) ? telemetry.RefuseAsync(context, CommonProblems.NotFound) : next(context)
        );

    public static bool Hides(HttpContext context)
    {
        if (context.Door() is not Door.Public)
        {
            return false;
        }
        foreach (var closed in Closed)
        {
            if (context.Request.Path.StartsWithSegments(closed))
            {
                return true;
            }
        }
        return false;
    }
}
