using System.Net;
using PortalServices.Testing;

namespace PortalServices.Model.Tests.Steps;

/// <summary>A turn of housekeeping: what is no longer kept goes, small silent pages become one.</summary>
internal sealed record RunCleanup : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        // Not two turns within a second, unless the last is forgotten: the answer says whether there was one.
        run.Portal.ForgetTurn(run.Site);
        await Eventually.HoldsAsync(
            async () =>
            {
                var answer = await run.AskAsync(
                    () => run.Portal.Door.PostAsync($"/housekeeping/{run.Site}", "", "text/plain", run.Cancel),
                    repeatable: true
                );
                Assert.True(answer.Reply.Status == HttpStatusCode.OK, answer.Reply.ToString());
                return answer.Reply.Json.GetBoolean();
            },
            "a turn of housekeeping",
            run.Cancel
        );
        run.Coverage.Saw("housekeepings");
        for (var folded = run.Model.Fold(); folded > 0; folded--)
        {
            run.Coverage.Saw("pages folded");
        }

        var ledger = await run.Portal.ReadLedgerAsync(run.Site, run.Cancel);
        Assert.DoesNotContain(
            ledger.Minutes.Keys,
            minute => minute * 60 < run.Model.MinutesKeptSince.ToUnixTimeSeconds()
        );
        Assert.DoesNotContain(ledger.Hours.Keys, hour => hour * 60 < run.Model.HoursKeptSince.ToUnixTimeSeconds());
    }
}
