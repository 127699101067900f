using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Sites;

/// <summary>Reads the site file, so that its mistakes are reported with those of the settings.</summary>
internal sealed class SiteCheck(IServiceProvider services) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync()
    {
        services.GetRequiredService<SiteList>();
        return new([]);
    }
}
