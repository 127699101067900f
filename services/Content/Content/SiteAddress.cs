using PortalServices.Content.Articles;

namespace PortalServices.Content;

/// <summary>Absolute addresses of a site's pages, for who reads of them elsewhere.</summary>
internal static class SiteAddress
{
    /// <summary>
    /// Where the pages of a site are: its first origin, or, when it lists none, where the request went.
    /// </summary>
    public static string Of(Site site, HttpRequest request) =>
        site.Origins.Count > 0 ? site.Origins[0] : OfRequest(request);

    /// <summary>
    /// Scheme and host that the request named; localhost where it named none (HTTP/1.0), or one that is no host.
    /// </summary>
    public static string OfRequest(HttpRequest request) =>
        WebOrigin.TryParse(WebOrigin.Of(request), out var named) ? named : $"{request.Scheme}://localhost";

    /// <summary>The page of an article.</summary>
    public static Uri OfArticle(string origin, string slug) => new(origin + ArticlePath.Of(slug));
}
