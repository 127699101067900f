using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>What the other tests stand on.</summary>
public sealed class FixtureTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    [Theory, EveryDatabase]
    public async Task Feedback_is_sent_found_and_answered(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        Assert.Equal(
            "answered",
            (await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." }))
                .Json.GetProperty("status")
                .GetString()
        );
        Assert.Equal(
            "Thu theo quý.",
            (await app.GetAsync(feedback.Site, $"feedback/{feedback.Receipt}")).Json.GetProperty("answer").GetString()
        );
    }
}
