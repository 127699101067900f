using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Counting.Store;

/// <summary>
/// Stops the start where the connection string of the store cannot be read, together with all else that is wrong.
/// </summary>
internal sealed class StoreAddressCheck(IConfiguration configuration) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync()
    {
        StoreConnection.Parse(configuration.GetConnectionString("redis"));
        return new([]);
    }
}
