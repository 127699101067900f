using CsCheck;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Sequences;

/// <summary>How often what happens.</summary>
internal static class StepGen
{
    private const int MaxOffset = 1_000;

    private static readonly Gen<int> AnyPage = Gen.Int[0, 7];
    private static readonly Gen<int> AnyVisitor = Gen.Int[0, 6];
    private static readonly Gen<int> AnyOffset = Gen.Int[0, MaxOffset];
    private static readonly Gen<int> AnyAmount = Gen.Int[1, 100];
    private static readonly Gen<bool> Seldom = Gen.Int[0, 5].Select(number => number == 5);

    private static readonly Gen<Step> Views = Gen.Select(AnyPage, Gen.Int[0, 5], AnyVisitor, Gen.Bool, Seldom, Seldom)
        .Select(
            (page, spelling, visitor, withId, optsOut, minimal) =>
                (Step)new View(page, spelling, visitor, withId, optsOut, minimal)
        );

    private static readonly Gen<Step> ViewsWithId = Gen.Select(AnyPage, AnyVisitor)
        .Select((page, visitor) => (Step)new View(page, 0, visitor, true, false, false));

    private static readonly Gen<Step> Bursts = Gen.Select(AnyPage, Gen.Int[2, 16], Gen.Bool)
        .Select((page, views, twice) => (Step)new Burst(page, views, twice));

    private static readonly Gen<Step> Crowds = Gen.Select(AnyPage, Gen.Int[2, 16])
        .Select((page, views) => (Step)new Crowd(page, views));

    private static readonly Gen<Step> Resends = Gen.Select(AnyOffset, Gen.Bool, AnyPage, AnyVisitor)
        .Select((which, elsewhere, page, visitor) => (Step)new Resend(which, elsewhere ? page : null, visitor));

    private static readonly Gen<Step> OutdatedViews = AnyPage.Select(page => (Step)new Outdated(page));

    private static readonly Gen<Step> Bots = Gen.Select(AnyPage, Gen.Int[0, 2])
        .Select((page, bot) => (Step)new BotView(page, bot));

    private static readonly Gen<Step> Moves = Gen.Select(
            Gen.Frequency(
                (6, Gen.Const(Move.Minutes)),
                (4, Gen.Const(Move.Hours)),
                (2, Gen.Const(Move.LastSecondOfTheDay)),
                (3, Gen.Const(Move.Midnight)),
                (1, Gen.Const(Move.LastSecondOfTheWeek)),
                (2, Gen.Const(Move.WeekStart)),
                (2, Gen.Const(Move.Days)),
                (1, Gen.Const(Move.Weeks)),
                (1, Gen.Const(Move.Years))
            ),
            AnyAmount
        )
        .Select((to, amount) => (Step)new MoveClock(to, amount));

    private static readonly Gen<int> AnyDaysBack = Gen.Frequency(
        (8, Gen.Const(0)),
        (6, Gen.Int[1, 6]),
        (4, Gen.Int[7, 35]),
        (1, Gen.Const(36)),
        (1, Gen.Const(-1))
    );

    private static readonly Gen<long> AnyChange = Gen.Frequency(
        (10, Gen.Long[-4, 4]),
        (3, Gen.Long[1, 9]),
        (3, Gen.Long[-30, 30]),
        (1, Gen.Const(1_000_000_000L)),
        (1, Gen.OneOf(Gen.Const(1_000_000_001L), Gen.Const(-1_000_000_001L)))
    );

    private static readonly Gen<Step> Corrections = Gen.Select(
            Seldom,
            AnyPage,
            Gen.Int[0, 5],
            AnyDaysBack,
            AnyChange,
            Gen.Bool
        )
        .Select(
            (any, page, spelling, daysBack, change, withKey) =>
                (Step)new Correct(!any, page, spelling, daysBack, change, withKey)
        );

    private static readonly Gen<Step> CorrectionsWithKey = Gen.Select(AnyPage, AnyDaysBack, AnyChange)
        .Select((page, daysBack, change) => (Step)new Correct(true, page, 0, daysBack, change, true));

    private static readonly Gen<Step> CorrectionsAgain = Gen.Select(AnyOffset, Seldom)
        .Select((which, otherwise) => (Step)new CorrectAgain(which, otherwise));

    private static readonly Gen<Step> Undos = Gen.Select(AnyOffset, Gen.Bool)
        .Select((which, withReason) => (Step)new Undo(which, withReason));

    private static readonly Gen<Step> Baselines = Gen.Select(
            AnyPage,
            Gen.Bool,
            Gen.Long[0, 9],
            Gen.Frequency((9, Gen.Long[0, 20]), (1, Gen.Const(-1L))),
            Gen.Frequency((8, Gen.Long[0, 1_000]), (1, Gen.Const(9_999_999_990_000L))),
            Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 200]))
        )
        .Select(
            (page, ofPage, today, inWeek, earlier, hoursAgo) =>
                (Step)new ApplyBaseline(ofPage ? page : null, today, inWeek, earlier, hoursAgo)
        );

    private static readonly Gen<Step> BaselinesAgain = Gen.Select(AnyOffset, Seldom)
        .Select((which, otherwise) => (Step)new ApplyBaselineAgain(which, otherwise));

    private static readonly Gen<Step> Housekeeping = Gen.Const((Step)new RunCleanup());

    /// <summary>A silence, and the housekeeping that folds the pages that nobody viewed in it.</summary>
    private static readonly Gen<Step[]> Silences = AnyAmount.Select(amount =>
        (Step[])[new MoveClock(Move.Months, amount), new RunCleanup()]
    );

    /// <summary>Any steps but a kill: nearly always one.</summary>
    public static Gen<Step[]> Any { get; } =
        Gen.Frequency(
            (
                25,
                One(
                    (10, Views),
                    (3, Bursts),
                    (1, Crowds),
                    (4, Resends),
                    (1, OutdatedViews),
                    (2, Bots),
                    (9, Moves),
                    (6, Corrections),
                    (2, CorrectionsAgain),
                    (5, Undos),
                    (3, Baselines),
                    (2, BaselinesAgain),
                    (1, Housekeeping)
                )
            ),
            (1, Silences)
        );

    /// <summary>A kill while something is under way that can be sent again.</summary>
    public static Gen<Step> StrikeOf(Victim victim) =>
        Gen.Select(
                Gen.Frequency(
                    (4, Bursts),
                    (4, Crowds),
                    (1, ViewsWithId),
                    (5, CorrectionsWithKey),
                    (2, Undos),
                    (2, Baselines),
                    (1, Housekeeping)
                ),
                Gen.Int[0, 6]
            )
            .Select((during, after) => (Step)new Strike(victim, during, after));

    private static Gen<Step[]> One(params (int Weight, IGen<Step> Steps)[] kinds) =>
        Gen.Frequency(kinds).Select(step => (Step[])[step]);
}
