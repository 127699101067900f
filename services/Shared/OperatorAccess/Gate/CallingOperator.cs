namespace PortalServices.OperatorAccess.Gate;

/// <summary>Who a request on the operators' routes comes from.</summary>
/// <param name="Name">The name of the key, for audits.</param>
/// <param name="Sites">The ids of the sites that the key is good for; null for all of them.</param>
public sealed record CallingOperator(string Name, IReadOnlyCollection<string>? Sites = null)
{
    /// <summary>Whether the key is good for what belongs to a site.</summary>
    /// <param name="site">The site's id; null where it is not known, which is for keys of all sites alone.</param>
    public bool IsFor(string? site) =>
        Sites is null || (site is not null && Sites.Contains(site, StringComparer.Ordinal));
}

/// <summary>Gives routes the operator that was let in.</summary>
public static class CallingOperatorExtensions
{
    /// <summary>The operator of this request; null outside the operators' routes.</summary>
    public static CallingOperator? Operator(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<CallingOperator>();
    }
}
