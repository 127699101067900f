using PortalServices.Counting.RecordView;
using static PortalServices.Counting.RecordView.AttemptOutcome;
using static PortalServices.Counting.RecordView.CommitMove;

namespace PortalServices.Counting.Tests.RecordView;

/// <summary>One cell of the table each: what was known before an attempt, what it came to, and what follows.</summary>
public sealed class CommitTransitionsTests
{
    private static readonly (string Outcome, string Awaited, string Abandoned, string Unclear)[] Table =
    [
        (nameof(Applied), nameof(Answer), nameof(Answer), nameof(Answer)),
        (nameof(Gap), nameof(SendInNewLane), nameof(SendInNewLane), nameof(SendInNewLane)),
        (nameof(LacksIds), nameof(GiveUp), nameof(GiveUp), nameof(GiveUp)),
        (nameof(Full), nameof(RefuseFull), nameof(RefuseFull), nameof(SendAgain)),
        (nameof(Unsafe), nameof(GiveUp), nameof(GiveUp), nameof(SendAgain)),
        (nameof(Damaged), nameof(GiveUp), nameof(GiveUp), nameof(GiveUp)),
        (nameof(Unavailable), nameof(SendAgain), nameof(GiveUp), nameof(SendAgain)),
        (nameof(Restarted), nameof(SendAgain), nameof(GiveUp), nameof(SendAgain)),
        (nameof(Rejected), nameof(SendAgain), nameof(GiveUp), nameof(SendAgain)),
        (nameof(Unreadable), nameof(SendAgain), nameof(GiveUp), nameof(SendAgain)),
        (nameof(Unclear), nameof(SendAgain), nameof(SendAgain), nameof(SendAgain)),
    ];

    public static TheoryData<string, bool, bool, string> Cells =>
        [
            .. Table.SelectMany(row =>
                new (string, bool, bool, string)[]
                {
                    (row.Outcome, false, true, row.Awaited),
                    (row.Outcome, false, false, row.Abandoned),
                    (row.Outcome, true, true, row.Unclear),
                    (row.Outcome, true, false, row.Unclear),
                }
            ),
        ];

    [Theory, MemberData(nameof(Cells))]
    public void A_move_follows_an_outcome(string outcome, bool isUnclear, bool isAwaited, string move) =>
        Assert.Equal(
            move,
            CommitTransitions.After(Enum.Parse<AttemptOutcome>(outcome), isUnclear, isAwaited).ToString()
        );

    [Fact]
    public void Every_outcome_is_in_the_table() =>
        Assert.Equal(Enum.GetNames<AttemptOutcome>(), Table.Select(row => row.Outcome));
}
