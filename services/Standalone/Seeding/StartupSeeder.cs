using PortalServices.Content;
using PortalServices.Counting;

namespace PortalServices.Standalone.Seeding;

/// <summary>
/// Loads the seeds when the store is there and before the doors open: nobody sees the portal without its numbers.
/// </summary>
internal sealed class StartupSeeder(IServiceProvider services, StartProgress progress) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var step = progress.Begin("loading the seeds");
        await services.SeedCountingAsync();
        await services.SeedContentAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Puts the loading of seeds behind the modules.</summary>
internal static class SeedsSetup
{
    /// <summary>After the modules are added, whose seeds it loads.</summary>
    public static WebApplicationBuilder AddSeedsAtStart(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<StartupSeeder>();
        return builder;
    }
}
