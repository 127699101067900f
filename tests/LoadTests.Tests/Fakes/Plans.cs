using PortalServices.LoadTests.Arrivals;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Runs;
using PortalServices.LoadTests.Sending;
using PortalServices.LoadTests.Verify;
using PortalServices.Testing;

namespace PortalServices.LoadTests.Tests.Fakes;

/// <summary>Runs of the tests: short ones, in this process.</summary>
internal static class Plans
{
    /// <summary>Some hundred views, with a history in a folder.</summary>
    public static RunPlan Views(TemporaryDirectory folder, params Uri[] targets) =>
        new()
        {
            Scenario = "views",
            Targets = targets,
            Sites = [FakePortal.Site],
            ReadSites = [],
            Duration = TimeSpan.FromSeconds(1),
            Schedule = ArrivalSchedule.Constant(400, TimeSpan.FromSeconds(1)),
            Limits = new SendingLimits(64, 10_000, TimeSpan.FromSeconds(20)),
            SharedPages = 20,
            History = folder.File("run.history"),
            Verifier = new VerifierLimits(TimeSpan.FromSeconds(30), TimeSpan.Zero),
        };

    /// <summary>Runs it to its end.</summary>
    public static Task<RunReport> RunAsync(this RunPlan plan) => plan.RunUntilAsync(CancellationToken.None);

    /// <summary>Runs it until it is stopped.</summary>
    public static Task<RunReport> RunUntilAsync(this RunPlan plan, CancellationToken stopping) =>
        new Run(plan, new LineView(TextWriter.Null), TimeProvider.System).RunAsync(
            stopping,
            TestContext.Current.CancellationToken
        );
}
