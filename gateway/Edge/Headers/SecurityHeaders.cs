namespace PortalServices.Edge.Headers;

/// <summary>
/// Headers that narrow what a browser does with a reply. A reply that brings its own, as a web page does, keeps it.
/// </summary>
internal static class SecurityHeaders
{
    // Replies of the API are data: nothing in them may load, run or be framed.
    private const string DataOnly = "default-src 'none'; frame-ancestors 'none'";
    private const string OneYear = "max-age=31536000";

    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(
                    static state =>
                    {
                        AddTo((HttpContext)state);
                        return Task.CompletedTask;
                    },
                    context
                );
                return next(context);
            }
        );

    public static void AddTo(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        SetMissing(headers, "Referrer-Policy", "no-referrer");
        SetMissing(headers, "Content-Security-Policy", DataOnly);
        SetMissing(headers, "X-Frame-Options", "DENY");
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OneYear;
        }
    }

    private static void SetMissing(IHeaderDictionary headers, string name, string value)
    {
        if (!headers.ContainsKey(name))
        {
            headers[name] = value;
        }
    }
}
