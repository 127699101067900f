using Microsoft.Net.Http.Headers;
using PortalServices.Sites;

namespace PortalServices.Edge.Sites;

/// <summary>
/// Under <c>/api/sites/{site}</c>: an unknown site and a foreign origin go no further; nor does one that is foreign to
/// every site under <c>/api/captchas</c>, which all sites share. This is hygiene, not protection: a program that is not
/// a browser sends whatever origin it likes.
/// </summary>
internal sealed class SiteDoor(SiteList sites, EdgeTelemetry telemetry)
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var isShared = context.Request.Path.StartsWithSegments("/api/captchas");
        SitePath path = default;
        if (!isShared && (!SitePath.TryParse(context.Request.Path, out path) || path.IsOperator))
        {
            return next(context);
        }

        // A cache must not give one origin's reply to another. Added late, since a proxied reply and the CORS rules
        // bring their own.
        context.Response.OnStarting(static state => VaryByOrigin((HttpResponse)state), context.Response);
        Site? site = null;
        if (!isShared && !sites.TryGet(path.Site, out site))
        {
            return RefuseAsync(context, CommonProblems.UnknownSite);
        }
        var headers = context.Request.Headers;
        var origin = headers.Origin;
        var (given, own) = (origin.Count == 1 ? origin[0] : "", WebOrigin.Of(context.Request));
        if (
            origin.Count > 0
            && (site is null ? sites.All.All(each => each.IsForeign(given, own)) : site.IsForeign(given, own))
        )
        {
            return RefuseAsync(context, CommonProblems.ForeignOrigin);
        }
        // The CORS rules echo it and the proxy passes it on, and neither can write it in Unicode. Browsers give it in
        // this spelling.
        if (origin.Count > 0 && WebOrigin.TryParse(given, out var spelled))
        {
            headers.Origin = spelled;
        }
        context.Features.Set(new KnownOrigin());
        return next(context);
    }

    // Any page's script may read this problem, so that it can report it: nothing of a site is in it. Operators' networks
    // are not visible that way.
    private Task RefuseAsync(HttpContext context, ProblemCode code)
    {
        if (context.Door() is Door.Public)
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
        }
        return telemetry.RefuseAsync(context, code);
    }

    private static Task VaryByOrigin(HttpResponse response)
    {
        var vary = response.Headers.GetCommaSeparatedValues(HeaderNames.Vary);
        if (!vary.Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
        {
            response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }
        return Task.CompletedTask;
    }
}

/// <summary>A request whose origin was looked at and let through.</summary>
internal sealed record KnownOrigin;
