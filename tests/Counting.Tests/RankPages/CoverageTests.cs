using PortalServices.Counting.Model;
using PortalServices.Counting.RankPages;

namespace PortalServices.Counting.Tests.RankPages;

public sealed class CoverageTests
{
    private static readonly Coverage ReadUpTo5 = default(Coverage) with { ReadUpTo = At(5) };

    [Fact]
    public void Nothing_is_covered_before_the_pages_were_gone_through() =>
        Assert.False(default(Coverage).WithOwn(At(1), isRepeated: false).Covers(At(1)));

    [Fact]
    public void What_was_gone_through_is_covered_and_no_more() =>
        Assert.Equal((true, false), (ReadUpTo5.Covers(At(5)), ReadUpTo5.Covers(At(6))));

    [Fact]
    public void Own_commits_that_join_on_are_covered()
    {
        var coverage = ReadUpTo5.WithOwn(At(6), isRepeated: false).WithOwn(At(7), isRepeated: false);
        Assert.Equal((true, false), (coverage.Covers(At(7)), coverage.Covers(At(8))));
    }

    [Fact]
    public void An_own_commit_behind_a_foreign_one_is_not_covered() =>
        Assert.False(ReadUpTo5.WithOwn(At(6), isRepeated: false).WithOwn(At(8), isRepeated: false).Covers(At(8)));

    [Fact]
    public void A_repeated_commit_begins_a_chain_of_its_own() =>
        Assert.False(ReadUpTo5.WithOwn(At(6), isRepeated: false).WithOwn(At(7), isRepeated: true).Covers(At(7)));

    [Fact]
    public void Commits_of_another_epoch_do_not_join_on() =>
        Assert.False(ReadUpTo5.WithOwn(new LedgerVersion(2, 6), isRepeated: false).Covers(new LedgerVersion(2, 6)));

    private static LedgerVersion At(long commit) => new(1, commit);
}
