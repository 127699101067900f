using System.Net;
using System.Text.Json;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>What everybody reads of feedback.</summary>
public sealed class PublicationTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    [Theory, EveryDatabase]
    public async Task Question_and_answer_are_published_without_personal_data_and_taken_back(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(
            app.NewSite(),
            "Nguyễn Văn An",
            "An hỏi",
            "Tôi là nguyễn văn an, gọi 0912 345 678.",
            "an@example.vn",
            "0912345678"
        );
        await app.StepAsync(
            feedback,
            "answer",
            new { text = "Kính gửi ông Nguyễn Văn An (an@example.vn): thu theo quý." }
        );
        Assert.Empty((await app.GetAsync(feedback.Site, "feedback")).Items);
        await app.StepAsync(feedback, "publish");
        var published = Assert.Single((await app.GetAsync(feedback.Site, "feedback")).Items);
        Assert.Equal(
            ("An hỏi", "Tôi là […], gọi […].", "Kính gửi ông […] ([…]): thu theo quý."),
            (
                published.GetProperty("title").GetString(),
                published.GetProperty("content").GetString(),
                published.GetProperty("answer").GetString()
            )
        );
        Assert.Equal(
            ["answer", "answeredAt", "content", "publishedAt", "receivedAt", "title"],
            published.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)
        );
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
            (
                published.GetProperty("title").GetString(),
                published.GetProperty("content").GetString(),
                published.GetProperty("answer").GetString()
            )
        );
    }

    [Theory, EveryDatabase]
    public async Task Likely_personal_data_is_marked_for_the_operator(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await AnsweredAboutAPersonAsync(app);
        var read = (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}")).Json;
        Assert.Equal(
            [
                ("title", "0987654321", "phone", true),
                ("content", "Trần Thị Hoa", "name", false),
                ("content", "0912 345 678", "phone", true),
                ("content", "123456789", "number", false),
                ("answer", "An", "name", true),
            ],
            read.GetProperty("suggestions").EnumerateArray().Select(each => Suggestion(read, each))
        );
        Assert.False(
            (await app.ReadAsync(feedback.Site, "feedback")).Items.Single().TryGetProperty("suggestions", out _)
        );
    }

    [Theory, EveryDatabase]
    public async Task A_publication_of_control_or_invisible_characters_is_refused(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await AnsweredAboutAPersonAsync(app);
        (await app.StepAsync(feedback, "publish", new { content = "Một\u0007dòng" })).IsProblem(400, "invalid_fields");
        (
            await app.StepAsync(
                feedback,
                "publish",
                new
                {
                    title = "\u2800",
                    content = "\u3164",
                    answer = "\u00AD",
                }
            )
        ).IsProblem(400, "invalid_fields");
        Assert.Empty((await app.GetAsync(feedback.Site, "feedback")).Items);
    }

    [Theory, EveryDatabase]
    public async Task What_the_operator_writes_is_published_and_audited(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await AnsweredAboutAPersonAsync(app);
        var published = (await app.StepAsync(feedback, "publish", new { content = "Một hộ lấn đất." }))
            .Is(HttpStatusCode.OK)
            .Json;
        Assert.Equal(
            ("Gọi […]", "Một hộ lấn đất.", "Đã báo ông […]."),
            (
                published.GetProperty("publicTitle").GetString(),
                published.GetProperty("publicContent").GetString(),
                published.GetProperty("publicAnswer").GetString()
            )
        );
        var step = (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/steps")).Items[0];
        Assert.Equal(
            ("published", FeedbackApp.Officer, "content: Một hộ lấn đất."),
            (
                step.GetProperty("step").GetString(),
                step.GetProperty("by").GetString(),
                step.GetProperty("text").GetString()
            )
        );
    }

    [Theory, EveryDatabase]
    public async Task Published_again_without_the_operator_s_words_only_certain_data_is_hidden(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await AnsweredAboutAPersonAsync(app);
        await app.StepAsync(feedback, "publish", new { content = "Một hộ lấn đất." });
        await app.StepAsync(feedback, "unpublish");
        await app.StepAsync(feedback, "publish");
        Assert.Equal(
            "😀 Bà Trần Thị Hoa ([…]) lấn đất, số 123456789.",
            (await app.GetAsync(feedback.Site, "feedback")).Items.Single().GetProperty("content").GetString()
        );
    }

    [Theory, EveryDatabase]
    public async Task A_long_title_full_of_a_short_name_is_published_as_well(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(
            app.NewSite(),
            "An",
            string.Join(' ', Enumerable.Repeat("ông An,", 25))
        );
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        (await app.StepAsync(feedback, "publish")).Is(HttpStatusCode.OK);
        Assert.Equal(
            200,
            (await app.GetAsync(feedback.Site, "feedback")).Items.Single().GetProperty("title").GetString()!.Length
        );
    }

    // A character outside the Basic Multilingual Plane is two code units.
    private static async Task<SentFeedback> AnsweredAboutAPersonAsync(FeedbackApp app)
    {
        var feedback = await app.SendFeedbackAsync(
            app.NewSite(),
            "Nguyễn Văn An",
            "Gọi 0987654321",
            "😀 Bà Trần Thị Hoa (0912 345 678) lấn đất, số 123456789.",
            "an@example.vn"
        );
        await app.StepAsync(feedback, "answer", new { text = "Đã báo ông An." });
        return feedback;
    }

    private static (string? Field, string Marked, string? Kind, bool Hidden) Suggestion(
        JsonElement feedback,
        JsonElement suggestion
    )
    {
        var field = suggestion.GetProperty("field").GetString()!;
        return (
            field,
            feedback
                .GetProperty(field)
                .GetString()!
                .Substring(suggestion.GetProperty("start").GetInt32(), suggestion.GetProperty("length").GetInt32()),
            suggestion.GetProperty("kind").GetString(),
            suggestion.GetProperty("hidden").GetBoolean()
        );
    }
}
