using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace PortalServices.Sites;

/// <summary>Every site of the product; read once, when the process starts.</summary>
public sealed class SiteList
{
    private readonly FrozenDictionary<string, Site> _byId;

    /// <summary>Makes the list.</summary>
    /// <param name="sites">Sites with distinct ids.</param>
    public SiteList(IEnumerable<Site> sites)
    {
        All = [.. sites];
        _byId = All.ToFrozenDictionary(site => site.Id, StringComparer.Ordinal);
    }

    /// <summary>The sites, in the order of the file.</summary>
    public IReadOnlyList<Site> All { get; }

    /// <summary>Finds a site by its exact id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Site? site) => _byId.TryGetValue(id, out site);
}
