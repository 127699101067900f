namespace PortalServices.Feedback.Tests.Captcha;

public sealed class SeededNumbersTests
{
    /// <summary>
    /// Recorded once: another process, machine or release must give the same, or challenges under way change their
    /// pictures.
    /// </summary>
    [Fact]
    public void They_are_the_same_in_every_process()
    {
        var numbers = new SeededNumbers("purpose", [1, 2, 3]);
        Assert.Equal([2902430387u, 252557302u, 2549203340u], new[] { numbers.Next(), numbers.Next(), numbers.Next() });
    }

    [Fact]
    public void Another_seed_or_purpose_gives_others()
    {
        Assert.NotEqual(Some("purpose", 1), Some("purpose", 2));
        Assert.NotEqual(Some("purpose", 1), Some("other", 1));
        Assert.Equal(Some("purpose", 1), Some("purpose", 1));
    }

    [Fact]
    public void They_do_not_repeat() => Assert.Equal(2_000, Some("purpose", 1, 2_000).Distinct().Count());

    [Fact]
    public void They_stay_within_their_limits_and_fill_them()
    {
        var numbers = new SeededNumbers("purpose", [1]);
        var below = Enumerable.Range(0, 1_000).Select(_ => numbers.Below(7)).ToList();
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], below.Distinct().Order());
        var between = Enumerable.Range(0, 1_000).Select(_ => numbers.Between(-2, 3)).ToList();
        Assert.All(between, number => Assert.InRange(number, -2, 3));
        Assert.InRange(between.Average(), 0.2, 0.8);
    }

    private static List<uint> Some(string purpose, byte seed, int count = 20)
    {
        var numbers = new SeededNumbers(purpose, [seed]);
        return [.. Enumerable.Range(0, count).Select(_ => numbers.Next())];
    }
}
