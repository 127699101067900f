using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace PortalServices.Counting.Model;

/// <summary>What there is once for each site, all made together.</summary>
internal sealed class PerSite<T>(SiteList sites, Func<Site, T> make)
    where T : class
{
    private readonly FrozenDictionary<string, T> _bySite = sites.All.ToFrozenDictionary(
        site => site.Id,
        make,
        StringComparer.Ordinal
    );

    /// <summary>That of a site of the site list.</summary>
    public T Of(string site) => _bySite[site];

    public bool TryGet(string site, [NotNullWhen(true)] out T? its) => _bySite.TryGetValue(site, out its);
}
