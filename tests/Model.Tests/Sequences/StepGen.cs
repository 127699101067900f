using CsCheck;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Sequences;

/// <summary>How often what happens.</summary>
internal static class StepGen
{
    private const int MostOffset = 1_000;

    private static readonly Gen<int> AnyPage = Gen.Int[0, 7];
    private static readonly Gen<int> AnyVisitor = Gen.Int[0, 6];
    private static readonly Gen<int> AnyOffset = Gen.Int[0, MostOffset];
    private static readonly Gen<bool> Seldom = Gen.Int[0, 5].Select(number => number == 5);

    private static readonly Gen<Step> Views = Gen.Select(AnyPage, Gen.Int[0, 5], AnyVisitor, Gen.Bool, Seldom, Seldom)
        .Select((page, spelling, visitor, withId, optsOut, minimal) => (Step)new View(page, spelling, visitor, withId, optsOut, minimal));

    private static readonly Gen<Step> ViewsWithId = Gen.Select(AnyPage, AnyVisitor).Select((page, visitor) => (Step)new View(page, 0, visitor, true, false, false));

    private static readonly Gen<Step> Bursts = Gen.Select(AnyPage, Gen.Int[2, 16], Gen.Bool).Select((page, views, twice) => (Step)new Burst(page, views, twice));

    private static readonly Gen<Step> Resends = Gen.Select(AnyOffset, Seldom, AnyPage, AnyVisitor)
        .Select((which, elsewhere, page, visitor) => (Step)new Resend(which, elsewhere ? page : null, visitor));

    private static readonly Gen<Step> OutdatedViews = AnyPage.Select(page => (Step)new Outdated(page));

    private static readonly Gen<Step> Bots = Gen.Select(AnyPage, Gen.Int[0, 2]).Select((page, bot) => (Step)new BotView(page, bot));

    private static readonly Gen<Step> Moves = Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Move.Minutes)), (4, Gen.Const(Move.Hours)), (2, Gen.Const(Move.LastSecondOfTheDay)), (3, Gen.Const(Move.Midnight)),
            (1, Gen.Const(Move.LastSecondOfTheWeek)), (2, Gen.Const(Move.WeekStart)), (2, Gen.Const(Move.Days)), (1, Gen.Const(Move.Weeks))),
        Gen.Int[1, 100]).Select((to, amount) => (Step)new MoveClock(to, amount));

    /// <summary>Any step but a kill.</summary>
    public static Gen<Step> Any { get; } =
        Gen.Frequency((10, Views), (3, Bursts), (4, Resends), (1, OutdatedViews), (2, Bots), (8, Moves));

    /// <summary>A kill while something is under way that can be sent again.</summary>
    public static Gen<Step> StrikeOf(Victim victim) =>
        Gen.Select(Gen.Frequency((3, Bursts), (1, ViewsWithId)), Gen.Int[0, 12]).Select((during, after) => (Step)new Strike(victim, during, after));
}
