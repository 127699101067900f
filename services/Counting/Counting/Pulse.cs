using Microsoft.Extensions.Hosting;
using PortalServices.Counting.Storage;

namespace PortalServices.Counting;

/// <summary>
/// What happens by the clock: active sites are read once a second, views that waited too long are answered, and the store's settings are
/// looked at again, and how full it is.
/// </summary>
internal sealed class Pulse(CountedSites sites, StoreConnection store, StoreFillWatch fill) : BackgroundService
{
    private const int BeatsPerSecond = 10;
    private const int SecondsBetweenChecks = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1) / BeatsPerSecond);
        for (var n = 0; await NextAsync(beat, stoppingToken); n++)
        {
            if (n % (BeatsPerSecond * SecondsBetweenChecks) == 0)
            {
                // Not awaited: a slow store must not hold up the beat. A check that is still under way only waits for its own answers.
                _ = store.CheckAgainAsync();
            }

            if (n % BeatsPerSecond == 0)
            {
                fill.Look();
            }

            foreach (var site in sites.All)
            {
                site.Committer.AnswerTheLate();
                if (n % BeatsPerSecond == 0)
                {
                    site.Reader.RefreshIfActive();
                }
            }
        }
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer beat, CancellationToken stopping)
    {
        try
        {
            return await beat.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
