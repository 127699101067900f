using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.Seed;

/// <summary><c>--seed</c>: loads the seeds of counting and ends.</summary>
internal sealed class SeedCommand(SeedBaselines baselines) : IHostCommand
{
    public string Switch => "--seed";

    public async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        await baselines.ApplyAsync();
        return 0;
    }
}
