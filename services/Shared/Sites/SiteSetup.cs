using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Sites;

/// <summary>The websites that the product serves.</summary>
public static class SiteSetup
{
    /// <summary>
    /// Adds the site list, and where the seeds are. A wrong site file stops the start. Can be called by several modules
    /// of one process.
    /// </summary>
    public static IServiceCollection AddSites(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddValidatedOptions<SitesOptions>(SitesOptions.Section);
        services.AddValidatedOptions<SeedsOptions>(SeedsOptions.Section);
        services.TryAddSingleton(provider =>
            provider.GetRequiredService<IOptions<SitesOptions>>().Value.File is { } file
                ? SiteFile.Load(file)
                : SiteFile.Load(
                    Path.Combine(provider.GetRequiredService<IOptions<SeedsOptions>>().Value.Directory, "sites.json"),
                    "Seeds:Directory"
                )
        );
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupCheck, SiteCheck>());
        services.TryAddSingleton<DefaultLanguage>(provider =>
            context =>
                SitePath.TryParse(context.Request.Path, out var path)
                && provider.GetRequiredService<SiteList>().TryGet(path.Site, out var site)
                    ? site.Language
                    : null
        );
        return services;
    }
}

/// <summary>Reads the site file, so that its mistakes are reported with those of the settings.</summary>
internal sealed class SiteCheck(IServiceProvider services) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync()
    {
        services.GetRequiredService<SiteList>();
        return new([]);
    }
}
