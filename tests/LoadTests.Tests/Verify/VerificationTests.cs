using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Tests.Fakes;
using PortalServices.LoadTests.Verify;
using PortalServices.Testing;

namespace PortalServices.LoadTests.Tests.Verify;

/// <summary>
/// The check of a run, against a portal that counts as promised and against ones that do not: what was planted is found,
/// and nothing else.
/// </summary>
public sealed class VerificationTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task A_portal_that_counts_as_promised_is_valid()
    {
        await using var portal = await FakePortal.StartAsync();
        var (report, found) = await RunAsync(portal);
        Assert.Equal(
            (ExitCode.Valid, 400L, 400L, 400L),
            (report.ExitCode, found.Sent, found.Acknowledged, found.Counted)
        );
        Assert.Equal((0L, 0L, 0L, 100L), (found.Lost, found.Doubled, found.Unknown, found.OwnPages));
        Assert.Equal(400, portal.Counted);
        // Of the acknowledged views some were sent again.
        Assert.True(portal.Posts > 400);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_planted_loss_is_found(bool ofAnOwnPage)
    {
        await using var portal = await FakePortal.StartAsync();
        var planted = new Planted(ofAnOwnPage);
        portal.Counts = sent => planted.Takes(sent) ? 0 : 1;
        // A view of an own page would be answered with its zeros, which say that it is not counted by itself.
        portal.After = sent => ofAnOwnPage && planted.Is(sent) ? Results.NoContent() : null;
        var (report, found) = await RunAsync(portal);
        Assert.Equal((ExitCode.Invalid, 1L, 0L), (report.ExitCode, found.Lost, found.Doubled));
        AssertTold(found, planted, ofAnOwnPage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_planted_double_is_found(bool ofAnOwnPage)
    {
        await using var portal = await FakePortal.StartAsync();
        var planted = new Planted(ofAnOwnPage);
        portal.Counts = sent => planted.Takes(sent) ? 2 : 1;
        var (report, found) = await RunAsync(portal);
        Assert.Equal((ExitCode.Invalid, 0L, 1L), (report.ExitCode, found.Lost, found.Doubled));
        AssertTold(found, planted, ofAnOwnPage);
    }

    [Fact]
    public async Task A_loss_and_a_double_that_cancel_in_the_total_are_both_found()
    {
        await using var portal = await FakePortal.StartAsync();
        var lost = new Planted(hasOwnPage: false);
        var doubled = new Planted(hasOwnPage: true);
        portal.Counts = sent =>
            lost.Takes(sent) ? 0
            : doubled.Takes(sent) ? 2
            : 1;
        var (report, found) = await RunAsync(portal);
        Assert.Equal((ExitCode.Invalid, 1L, 1L, 400L), (report.ExitCode, found.Lost, found.Doubled, found.Counted));
    }

    [Fact]
    public async Task A_view_that_counted_behind_a_failure_is_sent_again_and_counts_once()
    {
        await using var portal = await FakePortal.StartAsync();
        var failed = new ConcurrentDictionary<string, bool>();
        portal.After = sent =>
            sent.Sequence % 3 == 0 && failed.TryAdd(sent.View, true) ? Results.StatusCode(503) : null;
        var (report, found) = await RunAsync(portal);
        Assert.Equal((ExitCode.Valid, 400L, 400L), (report.ExitCode, found.Acknowledged, found.Counted));
        Assert.Equal((134L, 0L), (found.Resolved, found.Unknown));
    }

    [Fact]
    public async Task A_view_is_sent_again_with_its_age()
    {
        await using var portal = await FakePortal.StartAsync();
        var ages = new ConcurrentDictionary<string, ConcurrentQueue<long>>();
        portal.Before = (sent, _) =>
        {
            var all = ages.GetOrAdd(sent.View, _ => []);
            all.Enqueue(sent.Age);
            return Task.FromResult(all.Count == 1 ? Results.StatusCode(503) : null);
        };
        var (report, _) = await RunAsync(portal);
        Assert.Equal(ExitCode.Valid, report.ExitCode);
        Assert.All(
            ages.Values,
            all => Assert.True(all.First() == 0 && all.Skip(1).First() >= 50, string.Join(' ', all))
        );
    }

    [Fact]
    public async Task What_cannot_be_resolved_is_unknown()
    {
        await using var portal = await FakePortal.StartAsync();
        var failing = new Planted(hasOwnPage: false);
        portal.Before = (sent, _) =>
            Task.FromResult(failing.Takes(sent) || failing.Is(sent) ? Results.StatusCode(503) : null);
        var plan = Plans.Views(_folder, portal.Door) with
        {
            Verifier = new VerifierLimits(TimeSpan.FromMilliseconds(500), TimeSpan.Zero),
        };
        var report = await plan.RunAsync();
        Assert.Equal(
            (ExitCode.Unknown, 1L, 399L),
            (report.ExitCode, report.Verification!.Unknown, report.Verification.Counted)
        );
    }

    [Theory]
    [InlineData(true, ExitCode.Valid)]
    [InlineData(false, ExitCode.Unknown)]
    public async Task After_410_a_page_of_its_own_decides_and_the_rest_is_unknown(bool ofAnOwnPage, int code)
    {
        await using var portal = await FakePortal.StartAsync();
        var planted = new Planted(ofAnOwnPage);
        portal.After = sent => planted.Takes(sent) ? Results.StatusCode(503) : null;
        portal.Before = (sent, _) => Task.FromResult(planted.Is(sent) ? Results.StatusCode(410) : null);
        var (report, found) = await RunAsync(portal);
        Assert.Equal((code, ofAnOwnPage ? 0L : 1L), (report.ExitCode, found.Unknown));
        Assert.Equal((0L, 0L, 400L), (found.Lost, found.Doubled, found.Counted));
    }

    [Fact]
    public async Task A_view_that_counts_though_it_was_refused_is_found()
    {
        await using var portal = await FakePortal.StartAsync();
        var planted = new Planted(hasOwnPage: true);
        portal.After = sent => planted.Takes(sent) ? Results.StatusCode(400) : null;
        var (report, found) = await RunAsync(portal);
        Assert.Equal((ExitCode.Invalid, 1L, 1L), (report.ExitCode, found.Doubled, found.NotTaken));
    }

    [Fact]
    public async Task Pages_past_the_targets_cap_are_not_decided()
    {
        await using var portal = await FakePortal.StartAsync();
        portal.IsElsewhere = sent => sent.HasOwnPage && sent.Sequence > 200;
        var (report, found) = await RunAsync(portal);
        Assert.Equal((ExitCode.Unknown, 0L), (report.ExitCode, found.Lost));
        Assert.Contains(found.Undecided, why => why.Contains("cap of pages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_target_that_shows_less_than_another_has_lost_it()
    {
        await using var portal = await FakePortal.StartAsync();
        // The second one counts as the first does, but shows nothing.
        await using var behind = await FakePortal.StartAsync();
        var plan = Plans.Views(_folder, portal.Door);
        await plan.RunAsync();
        var found = await new Verifier(
            new VerifierLimits(TimeSpan.Zero, TimeSpan.Zero),
            TimeProvider.System
        ).VerifyAsync(
            plan.History!,
            [portal.Door, behind.Door],
            resolves: false,
            null,
            needsFaults: false,
            TestContext.Current.CancellationToken
        );
        Assert.Equal((400L, ExitCode.Invalid), (found.Lost, found.ExitCode));
    }

    [Fact]
    public async Task A_target_without_numbers_leaves_it_open()
    {
        await using var portal = await FakePortal.StartAsync();
        portal.Pages = () => Results.StatusCode(500);
        var (report, found) = await RunAsync(portal);
        Assert.Equal((ExitCode.Unknown, 0L), (report.ExitCode, found.Lost));
        Assert.Contains(found.Undecided, why => why.Contains("answers 500", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_history_cut_in_the_middle_is_checked_as_far_as_it_goes()
    {
        await using var portal = await FakePortal.StartAsync();
        var lost = new Planted(hasOwnPage: true);
        portal.Counts = sent => lost.Takes(sent) ? 0 : 1;
        portal.After = sent => lost.Is(sent) ? Results.NoContent() : null;
        var plan = Plans.Views(_folder, portal.Door);
        await plan.RunAsync();
        var whole = await File.ReadAllBytesAsync(plan.History!, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(
            plan.History!,
            whole[..(whole.Length / 2)],
            TestContext.Current.CancellationToken
        );
        var verifier = new Verifier(new VerifierLimits(TimeSpan.FromSeconds(10), TimeSpan.Zero), TimeProvider.System);
        Task<Verification> CheckAsync() =>
            verifier.VerifyAsync(
                plan.History!,
                [portal.Door],
                true,
                null,
                false,
                TestContext.Current.CancellationToken
            );

        // The views behind the cut are counted and not in the file: nothing is doubled for that.
        var found = await CheckAsync();
        Assert.Equal((ExitCode.Invalid, 1L, 0L), (found.ExitCode, found.Lost, found.Doubled));
        Assert.InRange(found.Sent, 100, 300);
        Assert.Contains(found.Undecided, why => why.Contains("cut off", StringComparison.Ordinal));
        // Its own lines stand behind the cut, and are read again.
        Assert.Equal(found.Sent, (await CheckAsync()).Sent);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(RunReport Report, Verification Found)> RunAsync(FakePortal portal)
    {
        var report = await Plans.Views(_folder, portal.Door).RunAsync();
        Assert.NotNull(report.Verification);
        return (report, report.Verification);
    }

    private static void AssertTold(Verification found, Planted planted, bool byId)
    {
        var offender = Assert.Single(found.Offenders);
        Assert.Equal(planted.Sent!.Page, offender.Page);
        Assert.Equal(byId ? planted.Sent.View : null, offender.Id);
    }

    /// <summary>
    /// One view behind the fiftieth of a run, with a page of its own or of the page that most views share: that one has
    /// views by then, so what is planted is not all of it.
    /// </summary>
    private sealed class Planted(bool hasOwnPage)
    {
        private Sent? _sent;

        public Sent? Sent => Volatile.Read(ref _sent);

        /// <summary>True once, for the view that it becomes.</summary>
        public bool Takes(Sent sent) =>
            sent.Sequence > 50
            && (hasOwnPage ? sent.HasOwnPage : sent.Page.EndsWith("/s/0", StringComparison.Ordinal))
            && Interlocked.CompareExchange(ref _sent, sent, null) is null;

        public bool Is(Sent sent) => Sent?.View == sent.View;
    }
}
