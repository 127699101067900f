using PortalServices.LoadTests.Scenarios;

namespace PortalServices.LoadTests.Runs;

/// <summary>What must hold before the first request.</summary>
internal static class Preflight
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Asks every target for every site. What a scenario writes stays in the ledger, so it writes only to sites that are
    /// there for it, unless it is told to.
    /// </summary>
    public static async Task CheckAsync(RunPlan plan, Scenario scenario, CancellationToken cancel)
    {
        foreach (var target in plan.Targets)
        {
            using var api = new PublicApi(target, Timeout);
            foreach (var site in plan.Sites)
            {
                var mayWrite = await MayWriteAsync(plan, api, site, cancel);
                if (scenario.Writes && !mayWrite)
                {
                    throw new ToolException(
                        ErrorCode.NotALoadTestSite,
                        $"'{site}' at {target} is a real site: pages of a test stay in its ledger. Take a site with \"loadTest\": true, or add --write-to-real-site."
                    );
                }
            }
        }
        using var first = new PublicApi(plan.Targets[0], Timeout);
        await scenario.PrepareAsync(first, cancel);
    }

    private static async Task<bool> MayWriteAsync(RunPlan plan, PublicApi api, string site, CancellationToken cancel)
    {
        try
        {
            return await api.IsForLoadTestsAsync(site, cancel) || plan.WritesToRealSites;
        }
        catch (ToolException e) when (plan.WritesToRealSites && e.Code == ErrorCode.TargetFailed)
        {
            // A target without the service that tells it can still count.
            return true;
        }
    }
}
