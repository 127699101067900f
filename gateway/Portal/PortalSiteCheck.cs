using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.Sites;

namespace PortalServices.Portal;

/// <summary>
/// The site that the portal shows is one of the site file. Reads the setting itself, so that other mistakes of its
/// section do not hide this one.
/// </summary>
internal sealed class PortalSiteCheck(IConfiguration configuration, IServiceProvider services) : IStartupCheck
{
    private const string Setting = $"{PortalOptions.Section}:{nameof(PortalOptions.Site)}";

    public ValueTask<IEnumerable<string>> FindMistakesAsync() =>
        new(
            configuration[Setting] is not { Length: > 0 } site || Sites()?.TryGet(site, out _) != false
                ? []
                : [$"{Setting}: there is no site '{site}' in the site file"]
        );

    // A wrong site file is reported by those whose it is.
    private SiteList? Sites()
    {
        try
        {
            return services.GetRequiredService<SiteList>();
        }
        catch (Exception wrong) when (wrong is StartupException or OptionsValidationException or AggregateException)
        {
            return null;
        }
    }
}
