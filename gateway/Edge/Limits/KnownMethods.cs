namespace PortalServices.Edge.Limits;

/// <summary>
/// Refuses methods that no route has, CONNECT and TRACE among them, before a proxy or a route makes something of them.
/// </summary>
internal static class KnownMethods
{
    private const string Allowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private static readonly HashSet<string> Names = new(Allowed.Split(", "), StringComparer.Ordinal);

    public static void UseKnownMethods(this IApplicationBuilder app, EdgeTelemetry telemetry) =>
        app.Use(
            (context, next) =>
            {
                if (Contain(context.Request.Method))
                {
                    return next(context);
                }
                context.Response.Headers.Allow = Allowed;
                return telemetry.RefuseAsync(context, CommonProblems.MethodNotAllowed);
            }
        );

    public static bool Contain(string method) => Names.Contains(method);
}
