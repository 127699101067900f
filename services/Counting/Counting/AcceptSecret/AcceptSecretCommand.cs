namespace PortalServices.Counting.AcceptSecret;

/// <summary>
/// <c>--accept-visitor-secret</c>: takes the secret of the settings for that of the ledgers, after the one before was
/// lost.
/// </summary>
internal sealed class AcceptSecretCommand(IServiceProvider services) : IHostCommand
{
    public string Switch => CountingSetup.AcceptSecretSwitch;

    public bool NeedsValidSettings => true;

    public async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        foreach (var line in await services.GetRequiredService<SecretAcceptance>().RunAsync())
        {
            Console.WriteLine(line);
        }

        return 0;
    }
}
