using PortalServices.Counting.Bots;

namespace PortalServices.Counting.Tests.Bots;

public sealed class BotDetectorTests
{
    public static TheoryData<string, string> UserAgents()
    {
        var rows = new TheoryData<string, string>();
        var section = "";
        foreach (
            var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Bots", "user-agents.txt"))
                .Where(line => line is not ("" or ['#', ..]))
        )
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                section = line[1..^1];
            }
            else
            {
                rows.Add(section, line);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(UserAgents))]
    public void A_user_agent_is_taken_for_what_it_says(string reason, string userAgent) =>
        Assert.Equal(reason, BotDetector.Classify(userAgent).ToString());

    [Theory]
    [MemberData(nameof(UserAgents))]
    public void Case_does_not_matter(string reason, string userAgent)
    {
        Assert.Equal(reason, BotDetector.Classify(userAgent.ToUpperInvariant()).ToString());
        Assert.Equal(reason, BotDetector.Classify(userAgent.ToLowerInvariant()).ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void No_user_agent_is_a_bot_s(string? userAgent) =>
        Assert.Equal(BotReason.NoUserAgent, BotDetector.Classify(userAgent));

    [Fact]
    public void The_stored_names_and_numbers_are_frozen()
    {
        Assert.Equal(
            ["noUserAgent 1", "declaredCrawler 2", "httpTool 3"],
            BotReasons.All.Select(reason => $"{reason.StoredName()} {(int)reason}")
        );
        Assert.Equal([BotReason.None, .. BotReasons.All], Enum.GetValues<BotReason>());
    }

    [Fact]
    public void Telling_costs_no_memory()
    {
        const string Browser =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36";
        Assert.Equal(BotReason.None, BotDetector.Classify(Browser));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reason = BotDetector.Classify(Browser);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(BotReason.None, reason);
    }
}
