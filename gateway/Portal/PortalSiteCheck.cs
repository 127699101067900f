using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.Sites;

namespace PortalServices.Portal;

/// <summary>The site that the portal shows is one of the site file.</summary>
internal sealed class PortalSiteCheck(IServiceProvider services) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync() => new(FindMistakes());

    private IEnumerable<string> FindMistakes()
    {
        string site;
        SiteList sites;
        try
        {
            site = services.GetRequiredService<IOptions<PortalOptions>>().Value.Site;
            sites = services.GetRequiredService<SiteList>();
        }
        catch (Exception wrong) when (wrong is StartupException or OptionsValidationException or AggregateException)
        {
            // Reported by those whose settings they are.
            return [];
        }
        return site.Length == 0 || sites.TryGet(site, out _)
            ? []
            : [$"{PortalOptions.Section}:{nameof(PortalOptions.Site)}: there is no site '{site}' in the site file"];
    }
}
