namespace PortalServices.Sites;

/// <summary>Routes of a site: those with <c>{site}</c> in their pattern.</summary>
public static class KnownSite
{
    /// <summary>
    /// Answers 404 <c>unknown_site</c> for a site that is not in the list. The others have theirs from
    /// <see cref="Site"/>.
    /// </summary>
    public static TBuilder NeedsKnownSite<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.AddEndpointFilter<TBuilder, KnownSiteFilter>();

    /// <summary>The site of a request whose route has <see cref="NeedsKnownSite"/>.</summary>
    public static Site Site(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<Site>() ?? throw new InvalidOperationException("The route needs NeedsKnownSite.");
    }
}

/// <summary>As <see cref="KnownSite.NeedsKnownSite"/> says.</summary>
internal sealed class KnownSiteFilter(SiteList sites) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!sites.TryGet((string?)http.Request.RouteValues["site"] ?? "", out var site))
        {
            return ValueTask.FromResult<object?>(Problem.Of(CommonProblems.UnknownSite));
        }
        http.Features.Set(site);
        return next(context);
    }
}
