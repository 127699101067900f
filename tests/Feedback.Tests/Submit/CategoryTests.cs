using System.Net;
using PortalServices.Database;
using PortalServices.Feedback.Submit;

namespace PortalServices.Feedback.Tests.Submit;

/// <summary>Feedback is under one of the site's headings, or under none.</summary>
public sealed class CategoryTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    [Theory, EveryDatabase]
    public async Task A_sender_chooses_one_and_an_operator_another(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var key = Guid.NewGuid().ToString("N");
        var receipt = (await app.SubmitAsync(site, key, category: "hoc-phi"))
            .Is(HttpStatusCode.Created)
            .Json.GetProperty("receipt")
            .GetString()!;
        (await app.SubmitAsync(site, key, category: "hoc-phi")).Is(HttpStatusCode.Created);
        (await app.SubmitAsync(site, key, category: "khac")).IsProblem(422, "idempotency_key_reused");
        (await app.SubmitAsync(site, key)).IsProblem(422, "idempotency_key_reused");
        await app.SendFeedbackAsync(site, title: "Không có lĩnh vực");

        var listed = Assert.Single((await app.ReadAsync(site, "feedback?category=hoc-phi")).Items);
        var feedback = new SentFeedback(site, receipt, listed.GetProperty("id").GetGuid());
        Assert.Equal("hoc-phi", listed.GetProperty("category").GetString());
        Assert.Equal(
            "hoc-phi",
            (await app.GetAsync(site, $"feedback/{receipt}")).Json.GetProperty("category").GetString()
        );

        (await app.StepAsync(feedback, "category", new { category = "khong-co" })).IsProblem(400, "invalid_fields");
        (await app.StepAsync(feedback, "category", new { category = "khac" })).Is(HttpStatusCode.OK);
        Assert.Empty((await app.ReadAsync(site, "feedback?category=hoc-phi")).Items);
        Assert.Single((await app.ReadAsync(site, "feedback?category=khac&status=received&q=hoc+phi")).Items);
        var step = (await app.ReadAsync(site, $"feedback/{feedback.Id}/steps")).Items[0];
        Assert.Equal(
            ("categorized", "khac"),
            (step.GetProperty("step").GetString(), step.GetProperty("text").GetString())
        );

        Assert.False(
            (await app.StepAsync(feedback, "category", new { }))
                .Is(HttpStatusCode.OK)
                .Json.TryGetProperty("category", out _)
        );
        Assert.Empty((await app.ReadAsync(site, "feedback?category=khac")).Items);
    }

    [Fact]
    public async Task One_that_the_site_does_not_have_is_refused_with_the_other_fields()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var refused = (await app.SubmitAsync(app.NewSite(), title: "", category: "khong-co")).IsProblem(
            400,
            "invalid_fields"
        );
        Assert.Equal(["category", "title"], refused.WrongFields);
    }

    [Fact]
    public void What_has_none_has_the_fingerprint_of_earlier_versions() =>
        Assert.Equal(
            "40ad4c107a0f6227c8fb62b4b5c7cfbecec2393b008652609e6af6657e9cd505",
            new FeedbackInput("Nguyễn Văn An", "Hỏi", "Nội dung", "an@example.vn", "0912345678", "/a").Fingerprint()
        );
}
