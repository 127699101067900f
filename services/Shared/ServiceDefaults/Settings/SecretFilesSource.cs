using Microsoft.Extensions.Configuration.Memory;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>The settings that <see cref="SecretFiles"/> has read, as a source that can be told from others.</summary>
internal sealed class SecretFilesSource(IEnumerable<KeyValuePair<string, string?>> settings) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) =>
        new Provider(new MemoryConfigurationSource { InitialData = settings });

    internal sealed class Provider(MemoryConfigurationSource source) : MemoryConfigurationProvider(source);
}
