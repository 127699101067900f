using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace PortalServices.Edge.Reference;

/// <summary>
/// <c>/docs</c>, the API reference for people, at the operators' door: a page that shows the OpenAPI documents of this
/// process, whether it writes them or a service behind it does. Everything on it comes from here, and nothing on it
/// goes elsewhere.
/// </summary>
internal static class ApiReference
{
    private const string Documents = "/openapi/",
        Json = ".json";

    public static void MapApiReference(this IEndpointRouteBuilder routes) =>
        routes.MapScalarApiReference(
            "/docs",
            (page, context) =>
            {
                var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
                context.Response.Headers.ContentSecurityPolicy = Policy(nonce);
                page.WithNonce(nonce)
                    .WithTitle("API")
                    .AddDocuments(NamesOf(context))
                    // The documents name no server: it is the one that the page comes from.
                    .AddServer("/")
                    .WithDynamicBaseServerUrl()
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideClientButton()
                    .HideDeveloperTools();
            }
        );

    /// <summary>
    /// Only the page's own scripts, and requests to this origin only, whatever a later version of the page may want.
    /// Its parts carry style attributes, which no nonce covers; an inline style can load nothing from elsewhere under
    /// this policy.
    /// </summary>
    private static string Policy(string nonce) =>
        $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // Read from what is mapped: by the services of this process, or by the proxy's routes to theirs.
    private static IEnumerable<string> NamesOf(HttpContext context) =>
        context
            .RequestServices.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(route => route.RoutePattern.RawText ?? "")
            .Where(path =>
                path.StartsWith(Documents, StringComparison.Ordinal) && path.EndsWith(Json, StringComparison.Ordinal)
            )
            .Select(path => path[Documents.Length..^Json.Length])
            .Distinct()
            .Order(StringComparer.Ordinal);
}
