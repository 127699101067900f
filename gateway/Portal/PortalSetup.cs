using PortalServices.Portal.Scripts;

namespace PortalServices.Portal;

/// <summary>What the suite gives to the pages of portals.</summary>
public static class PortalSetup
{
    /// <summary>
    /// Maps <c>/portal.js</c>, which pages of any origin include, and <c>/portal-form.js</c>, which it loads for a
    /// page with a feedback form.
    /// </summary>
    public static TRoutes MapPortalScripts<TRoutes>(this TRoutes routes)
        where TRoutes : IEndpointRouteBuilder
    {
        foreach (var name in new[] { "portal.js", "portal-form.js" })
        {
            var script = new ScriptFile(name);
            routes.MapMethods($"/{name}", [HttpMethods.Get, HttpMethods.Head], script.Reply).ExcludeFromDescription();
        }
        return routes;
    }
}
