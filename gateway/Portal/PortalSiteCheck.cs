using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.Sites;

namespace PortalServices.Portal;

/// <summary>The site that the portal shows is one of the site file.</summary>
internal sealed class PortalSiteCheck(IOptions<PortalOptions> options, SiteList sites) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync() =>
        new(
            options.Value.Site.Length == 0 || sites.TryGet(options.Value.Site, out _)
                ? []
                :
                [
                    $"{PortalOptions.Section}:{nameof(PortalOptions.Site)}: there is no site '{options.Value.Site}' in the site file",
                ]
        );
}
