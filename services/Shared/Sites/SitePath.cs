namespace PortalServices.Sites;

/// <summary>
/// An address that names a site, <c>/api/sites/{site}/…</c> or <c>/api/operator/sites/{site}/…</c>, read before
/// routing: what is decided by site is decided alike whether or not the route exists.
/// </summary>
/// <param name="Site">The site's id, known or not.</param>
/// <param name="IsOperator">Whether it is an operators' address.</param>
public readonly record struct SitePath(string Site, bool IsOperator)
{
    private const string OfSites = "/api/sites/",
        OfOperators = "/api/operator/sites/";

    private readonly string _address = "";
    private readonly int _end;

    private SitePath(string address, int start, int end, bool isOperator)
        : this(address[start..end], isOperator) => (_address, _end) = (address, end);

    /// <summary>What follows the site: empty, or beginning with a slash.</summary>
    public PathString Rest => _end < _address.Length ? new PathString(_address[_end..]) : PathString.Empty;

    /// <summary>Reads an address; false when it names no site.</summary>
    public static bool TryParse(PathString path, out SitePath parsed)
    {
        parsed = default;
        var address = path.Value ?? "";
        var isOperator = address.StartsWith(OfOperators, StringComparison.OrdinalIgnoreCase);
        if (!isOperator && !address.StartsWith(OfSites, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var start = (isOperator ? OfOperators : OfSites).Length;
        var end = address.IndexOf('/', start) is var slash and >= 0 ? slash : address.Length;
        parsed = new SitePath(address, start, end, isOperator);
        return end > start;
    }
}
