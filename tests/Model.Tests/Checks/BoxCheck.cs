using System.Net;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The box: views, visitors, online.</summary>
internal static class BoxCheck
{
    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var reply = await run.Portal.Door.StatsAsync(run.Site, run.Cancel);
        found.Compare("stats", HttpStatusCode.OK, reply.Status);
        if (reply.Status != HttpStatusCode.OK)
            return;
        var (stats, model) = (reply.Stats, run.Model);
        found.Compare("site", run.Site, stats.Site);
        found.Compare("stale", false, stats.Stale);
        found.Compare("views", model.Shown(), stats.Views);

        var (today, week, total) = model.Visitors();
        found.Expect(today.Holds(stats.Visitors.Today), $"visitors today: {stats.Visitors.Today} instead of {today}");
        found.Expect(week.Holds(stats.Visitors.Week), $"visitors this week: {stats.Visitors.Week} instead of {week}");
        found.Expect(total.Holds(stats.Visitors.Total), $"visitors in all: {stats.Visitors.Total} instead of {total}");
        found.Compare("online window", ClockedPortal.OnlineWindowMinutes, stats.OnlineWindowMinutes);
        var online = model.Online(stats.OnlineWindowMinutes);
        found.Expect(online.Holds(stats.Online), $"online: {stats.Online} instead of {online}");
    }
}
