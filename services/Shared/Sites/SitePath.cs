namespace PortalServices.Sites;

/// <summary>
/// An address that names a site, <c>/api/sites/{site}/…</c> or <c>/api/operator/sites/{site}/…</c>, read before
/// routing: what is decided by site is decided alike whether or not the route exists.
/// </summary>
/// <param name="Site">The site's id, known or not.</param>
/// <param name="IsOperator">Whether it is an operators' address.</param>
/// <param name="Rest">What follows the site: empty, or beginning with a slash.</param>
public readonly record struct SitePath(string Site, bool IsOperator, PathString Rest)
{
    /// <summary>Reads an address; false when it names no site.</summary>
    public static bool TryParse(PathString path, out SitePath parsed)
    {
        parsed = default;
        var isOperator = path.StartsWithSegments("/api/operator/sites", out var rest);
        if (
            (!isOperator && !path.StartsWithSegments("/api/sites", out rest)) || rest.Value is not { Length: > 1 } value
        )
        {
            return false;
        }
        var end = value.IndexOf('/', 1);
        var site = end < 0 ? value[1..] : value[1..end];
        parsed = new SitePath(site, isOperator, end < 0 ? PathString.Empty : new PathString(value[end..]));
        return site.Length > 0;
    }
}
