using PortalServices.Model.Tests.Fixtures;

namespace PortalServices.Model.Tests.Steps;

/// <summary>Redis, the process or both are killed while something is done.</summary>
/// <param name="Victim">Who is killed.</param>
/// <param name="During">What is under way.</param>
/// <param name="After">So many reads are answered between its beginning and the kill: a clock that runs as fast as the
/// machine.</param>
internal sealed record Strike(Victim Victim, Step During, int After) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var doing = During.RunAsync(run);
        for (var read = 0; read < After; read++)
        {
            await run.Portal.Door.StatsAsync(run.Site, run.Cancel);
        }
        if (!doing.IsCompleted)
        {
            run.Coverage.Saw("kills with something under way");
        }
        await run.Portal.StrikeAsync(Victim, run.Cancel);
        await doing;
        run.Coverage.Saw($"kills of {Victim}");
    }
}
