using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge;

/// <summary>
/// Under <c>/api/sites/{site}</c>: an unknown site and a foreign origin go no further. This is hygiene, not protection: a program that is not
/// a browser sends whatever origin it likes.
/// </summary>
internal sealed class SiteDoor(SiteList sites, EdgeTelemetry telemetry)
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (!SitePath.TryParse(context.Request.Path, out var path) || path.IsOperator)
            return next(context);

        // A cache must not give one origin's reply to another. Added late, since a proxied reply and the CORS rules bring their own.
        context.Response.OnStarting(static state => VaryByOrigin((HttpResponse)state), context.Response);
        if (!sites.TryGet(path.Site, out var site))
            return telemetry.RefuseAsync(context, CommonProblems.UnknownSite);
        var origin = context.Request.Headers.Origin;
        if (origin.Count > 0 && site.IsForeign(origin.Count == 1 ? origin[0] : "", $"{context.Request.Scheme}://{context.Request.Host}"))
            return telemetry.RefuseAsync(context, CommonProblems.ForeignOrigin);
        context.Features.Set(site);
        return next(context);
    }

    static Task VaryByOrigin(HttpResponse response)
    {
        var vary = response.Headers.GetCommaSeparatedValues(HeaderNames.Vary);
        if (!vary.Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
            response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        return Task.CompletedTask;
    }
}
