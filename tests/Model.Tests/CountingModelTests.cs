using System.Diagnostics;
using CsCheck;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Sequences;
using PortalServices.Testing;

namespace PortalServices.Model.Tests;

/// <summary>
/// Random sequences of all that can happen to a site, on a real process and a real Redis that are killed on the way:
/// after each step every number of the API is the model's. A failure tells the seed that repeats it (environment
/// variable <c>CsCheck_Seed</c>).
/// </summary>
public sealed class CountingModelTests
{
    /// <summary>By default the one whose calendar is the hardest.</summary>
    public static TheoryData<string> Zones =>
        [.. Variants.Of([SiteZone.StJohns], [SiteZone.HoChiMinh, SiteZone.Berlin]).Select(zone => zone.Iana)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>How many sequences there are with this kill in them, in each zone.</summary>
    private static IReadOnlyList<(Victim? Victim, int Sequences)> Runs =>
        [
            (Victim.Redis, LongRun.Factor == 1 ? 3 : 20),
            (Victim.Process, LongRun.Factor == 1 ? 3 : 20),
            (Victim.Both, 2 * LongRun.Factor),
            (null, 25 * LongRun.Factor),
        ];

    [Theory]
    [MemberData(nameof(Zones))]
    public async Task After_each_step_every_number_is_the_models(string iana)
    {
        var zone = SiteZone.All.Single(each => each.Iana == iana);
        // Its clock is set by one test alone.
        await using var portal = await ClockedPortal.StartAsync(zone);
        var coverage = new Coverage();
        var started = Stopwatch.StartNew();
        foreach (var (victim, sequences) in Runs)
        {
            var runner = new SequenceRunner(portal, coverage, Cancel);
            await Sequence
                .Of(zone, victim)
                .SampleAsync(runner.RunAsync, iter: sequences, threads: 1, print: sequence => sequence.ToString());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{iana} in {started.Elapsed.TotalSeconds:F0} s: {coverage}");
        foreach (var (victim, sequences) in Runs.Where(run => run.Victim is not null))
        {
            Assert.Equal(sequences, coverage[$"kills of {victim}"]);
        }
        Assert.All(
            Least(zone),
            least =>
                Assert.True(
                    coverage[least.What] >= least.Times * LongRun.Factor,
                    $"only {coverage[least.What]} {least.What}"
                )
        );
        await NothingIsLostByOneMoreRestartAsync(portal);
    }

    /// <summary>Far below what is expected of so many sequences, and far above nothing.</summary>
    private static IEnumerable<(string What, int Times)> Least(SiteZone zone) =>
        [
            ("views", 100),
            ("views in bursts", 30),
            ("resends", 10),
            ("resends under another page", 4),
            ("outdated views", 2),
            ("bots", 8),
            ("corrections", 10),
            ("corrections refused: negative_count", 3),
            ("corrections refused: unknown_page", 2),
            ("repeated corrections", 2),
            ("undos", 6),
            ("undos refused: already_undone", 1),
            ("baselines", 10),
            ("repeated baselines", 1),
            ("housekeepings", 8),
            ("pages folded", 3),
            ("midnights passed", 20),
            ("week ends passed", 8),
            ("kills with something under way", 1),
            ("clock changes passed", zone == SiteZone.HoChiMinh ? 0 : 1),
        ];

    /// <summary>What one restart hides, the next may show: the sites of all sequences still add up.</summary>
    private static async Task NothingIsLostByOneMoreRestartAsync(ClockedPortal portal)
    {
        var before = await LedgersAsync(portal);
        await portal.StrikeAsync(Victim.Redis, Cancel);
        Assert.Equal(before, await LedgersAsync(portal));
    }

    private static async Task<IReadOnlyList<(string Site, long Total, long Days, long Pages)>> LedgersAsync(
        ClockedPortal portal
    )
    {
        List<(string, long, long, long)> ledgers = [];
        foreach (var site in portal.UsedSites)
        {
            var ledger = await portal.ReadLedgerAsync(site, Cancel);
            ledgers.Add((site, ledger.Total, ledger.Days.Values.Sum(), ledger.Pages.Values.Sum()));
        }
        return ledgers;
    }
}
