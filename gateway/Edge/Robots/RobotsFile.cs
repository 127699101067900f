using System.Text;
using PortalServices.Http.Requests;
using PortalServices.Sites;

namespace PortalServices.Edge.Robots;

/// <summary>
/// <c>GET /robots.txt</c> at the public door (RFC 9309): everything may be read, and here is the sitemap of the site of
/// this host; of a host that is no site's, the sitemap of each that is not only there to try things or for load tests.
/// </summary>
internal static class RobotsFile
{
    public static void MapRobotsFile(this IEndpointRouteBuilder routes) => routes.MapRead("/robots.txt", Read);

    private static IResult Read(HttpContext context, SiteList sites)
    {
        if (context.Door() is not Door.Public)
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        // Of a host that is none, no address can be named.
        var origin = WebOrigin.TryParse(WebOrigin.Of(context.Request), out var parsed) ? parsed : null;
        var text = new StringBuilder("User-agent: *\nAllow: /\n");
        var own = sites
            .All.Where(site => origin is not null && site.Origins.Contains(origin, StringComparer.Ordinal))
            .ToList();
        IEnumerable<Site> named =
            origin is null ? []
            : own.Count > 0 ? own
            : sites.All.Where(site => site is { AllowsAnyOrigin: false, LoadTest: false });
        foreach (var site in named)
        {
            text.Append("Sitemap: ").Append(origin).Append("/api/sites/").Append(site.Id).Append("/sitemap.xml\n");
        }
        return ETagResult.Bytes(Encoding.UTF8.GetBytes(text.ToString()), "text/plain; charset=utf-8");
    }
}
