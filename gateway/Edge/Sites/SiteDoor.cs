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
        if (!IsGuarded(context.Request.Path, out var site))
        {
            return next(context);
        }
        // A cache must not give one origin's reply to another. Added late, since a proxied reply and the CORS rules
        // bring their own.
        context.Response.OnStarting(
            static state =>
            {
                VaryByOrigin((HttpResponse)state);
                return Task.CompletedTask;
            },
            context.Response
        );
        return Refuses(context, site) is { } code ? RefuseAsync(context, code) : next(context);
    }

    /// <summary>Whether the address is one of a site, or of what all sites share: then the site is null.</summary>
    public static bool IsGuarded(PathString address, out string? site)
    {
        site = null;
        if (SitePath.TryParse(address, out var path))
        {
            site = path.Site;
            return !path.IsOperator;
        }
        return address.StartsWithSegments("/api/captchas");
    }

    /// <summary>
    /// Why a request to a guarded address is not let through; null when it is, and then its origin is in the spelling of
    /// browsers, and <see cref="KnownOrigin"/> is set.
    /// </summary>
    public ProblemCode? Refuses(HttpContext context, string? siteId)
    {
        Site? site = null;
        if (siteId is not null && !sites.TryGet(siteId, out site))
        {
            return CommonProblems.UnknownSite;
        }
        var headers = context.Request.Headers;
        var origin = headers.Origin;
        if (origin.Count > 0)
        {
            var (given, own) = (origin.Count == 1 ? origin[0] : "", WebOrigin.Of(context.Request));
            if (site is null ? sites.All.All(each => each.IsForeign(given, own)) : site.IsForeign(given, own))
            {
                return CommonProblems.ForeignOrigin;
            }
            // The CORS rules echo it and the proxy passes it on, and neither can write it in Unicode. Browsers give it
            // in this spelling.
            if (WebOrigin.TryParse(given, out var spelled))
            {
                headers.Origin = spelled;
            }
        }
        context.Features.Set(KnownOrigin.Instance);
        return null;
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

    public static void VaryByOrigin(HttpResponse response)
    {
        var vary = response.Headers.GetCommaSeparatedValues(HeaderNames.Vary);
        if (!vary.Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
        {
            response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }
    }
}

/// <summary>A request whose origin was looked at and let through.</summary>
internal sealed class KnownOrigin
{
    public static readonly KnownOrigin Instance = new();
}
