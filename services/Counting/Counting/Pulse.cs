using Microsoft.Extensions.Hosting;

namespace PortalServices.Counting;

/// <summary>What happens by the clock: active sites are read once a second, and views that waited too long are answered.</summary>
internal sealed class Pulse(CountedSites sites) : BackgroundService
{
    private const int BeatsPerSecond = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1) / BeatsPerSecond);
        for (var n = 0; await NextAsync(beat, stoppingToken); n++)
        {
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
