using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Steps;
using PortalServices.Testing;

namespace PortalServices.Model.Tests.Checks;

/// <summary>Every number that the product shows of a site, beside the model's.</summary>
internal static class Agreement
{
    /// <summary>Ten times what is promised: a slow machine is no failure, a number that never arrives is one.</summary>
    private static readonly TimeSpan Patience = 10 * TimeSpan.FromSeconds(2);

    /// <summary>Waits until all of them agree; fails with those that never do.</summary>
    public static async Task ReachAsync(SiteRun run, TimeSpan? patience = null)
    {
        var asked = 0;
        await Eventually.BecomesAsync(
            async () =>
            {
                if (asked++ > 0)
                {
                    await HurryAsync(run, asked);
                }
                return await CompareAsync(run);
            },
            differences => differences.AreNone,
            $"{run.Site} at {ClockedPortal.Instant(run.Model.Now)}",
            run.Cancel,
            patience ?? Patience
        );
    }

    private static async Task<Differences> CompareAsync(SiteRun run)
    {
        var found = new Differences();
        run.Comparisons++;
        await Task.WhenAll(
            BoxCheck.CompareAsync(run, found),
            PagesCheck.CompareAsync(run, found),
            TopCheck.CompareAsync(run, found),
            TrafficCheck.CompareAsync(run, found),
            AuditCheck.CompareAsync(run, found),
            BotsCheck.CompareAsync(run, found),
            LedgerCheck.CompareAsync(run, found)
        );
        return found;
    }

    /// <summary>
    /// A page that nobody has asked for yet has the process read the store now and not at its next beat. What is
    /// claimed stays the same, and is seen sooner.
    /// </summary>
    private static async Task HurryAsync(SiteRun run, int time) =>
        await run.Portal.Door.StatsAsync(run.Site, run.Cancel, $"/never-viewed/{run.Model.Now.Ticks}-{time}");
}
