using PortalServices.Counting;

namespace PortalServices.Standalone.Store;

/// <summary>
/// <c>--accept-visitor-secret</c> where the store is part of the process: it is started for the command. Stands before
/// counting's own command of that name, which expects a store that runs.
/// </summary>
internal sealed class AcceptSecretInStore(IServiceProvider services) : IHostCommand
{
    public string Switch => CountingSetup.AcceptSecretSwitch;

    public bool NeedsValidSettings => true;

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        // The process disposes of it, behind the connections to it.
        await services.GetRequiredService<EmbeddedStore>().StartAsync(cancellationToken);
        foreach (var line in await services.AcceptVisitorSecretAsync())
        {
            Console.WriteLine(line);
        }
        return 0;
    }
}
