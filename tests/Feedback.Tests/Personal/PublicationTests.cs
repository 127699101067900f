using System.Net;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>What everybody reads of feedback.</summary>
public sealed class PublicationTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    [Theory, EveryDatabase]
    public async Task Question_and_answer_are_published_without_personal_data_and_taken_back(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite(), "Nguyễn Văn An", "An hỏi", "Tôi là nguyễn văn an, gọi 0912 345 678.", "an@example.vn", "0912345678");
        await app.StepAsync(feedback, "answer", new { text = "Kính gửi ông Nguyễn Văn An (an@example.vn): thu theo quý." });
        Assert.Empty((await app.GetAsync(feedback.Site, "feedback")).Items);
        await app.StepAsync(feedback, "publish");
        var published = Assert.Single((await app.GetAsync(feedback.Site, "feedback")).Items);
        Assert.Equal(
            ("An hỏi", "Tôi là […], gọi […].", "Kính gửi ông […] ([…]): thu theo quý."),
            (published.GetProperty("title").GetString(), published.GetProperty("content").GetString(), published.GetProperty("answer").GetString()));
        Assert.Equal(
            ["answer", "answeredAt", "content", "publishedAt", "receivedAt", "title"], published.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        await app.StepAsync(feedback, "unpublish");
        Assert.Empty((await app.GetAsync(feedback.Site, "feedback")).Items);
    }

    [Theory, EveryDatabase]
    public async Task An_operator_may_write_what_is_published(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        await app.StepAsync(feedback, "publish", new { title = "Về học phí", content = "Hỏi chung." });
        var published = Assert.Single((await app.GetAsync(feedback.Site, "feedback")).Items);
        Assert.Equal(
            ("Về học phí", "Hỏi chung.", "Thu theo quý."),
            (published.GetProperty("title").GetString(), published.GetProperty("content").GetString(), published.GetProperty("answer").GetString()));
    }

    [Theory, EveryDatabase]
    public async Task A_long_title_full_of_a_short_name_is_published_as_well(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite(), "An", string.Join(' ', Enumerable.Repeat("An", 66)));
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        (await app.StepAsync(feedback, "publish")).Is(HttpStatusCode.OK);
        Assert.Equal(200, (await app.GetAsync(feedback.Site, "feedback")).Items.Single().GetProperty("title").GetString()!.Length);
    }
}
