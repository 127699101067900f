using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>Where settings come from.</summary>
/// <param name="Name">For messages; null when there is nothing to say.</param>
/// <param name="IsOwn">
/// Whether this process alone is set by it: each of its names must be a setting of this host. Other sources are shared
/// with the machine and with other services: in them only names with a section are settings, and sections of other
/// services are left to those.
/// </param>
internal sealed record SettingSource(string? Name, bool IsOwn)
{
    /// <summary>A source that is not listed here counts as shared and is named as it names itself.</summary>
    public static SettingSource Of(IConfigurationProvider provider) =>
        provider switch
        {
            JsonConfigurationProvider json => new(json.Source.Path, IsOwn: true),
            CommandLineConfigurationProvider => new("the command line", IsOwn: true),
            EnvironmentVariablesConfigurationProvider => new("the environment", IsOwn: false),
            SecretFilesSource.Provider => new("a file of secrets", IsOwn: false),
            MemoryConfigurationProvider => new(null, IsOwn: false),
            _ => new(provider.ToString(), IsOwn: false),
        };
}
