namespace PortalServices.Counting.Seed;

/// <summary><c>--seed</c>: loads the seeds of counting and ends.</summary>
/// <remarks>
/// Its parts are made when it runs: every command is made to find the one that was asked for, also where no setting is
/// given.
/// </remarks>
internal sealed class SeedCommand(IServiceProvider services) : IHostCommand
{
    public string Switch => "--seed";

    public bool NeedsValidSettings => true;

    public async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        await services.GetRequiredService<SeedBaselines>().ApplyAsync();
        return 0;
    }
}
