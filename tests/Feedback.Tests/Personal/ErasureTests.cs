using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>Erasure of one feedback: no word of anybody is left, and what happened is.</summary>
public sealed class ErasureTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    // Stands in every text that somebody wrote.
    const string Trace = "Dấuvết";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Every_text_is_gone_and_what_happened_is_left(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var receipt = (await app.SubmitAsync(site, key, $"{Trace} An", $"{Trace} hỏi", $"{Trace} kể", "dauvet@example.vn", "0912345678"))
            .Is(HttpStatusCode.Created).Json.GetProperty("receipt").GetString()!;
        var feedback = new SentFeedback(site, receipt, (await app.ReadAsync(site, $"feedback?q={receipt}")).Items.Single().GetProperty("id").GetGuid());
        await app.StepAsync(feedback, "notes", new { text = $"{Trace} ghi chú" });
        await app.StepAsync(feedback, "answer", new { text = $"{Trace} trả lời" });
        await app.StepAsync(feedback, "publish", new { title = $"{Trace} đăng", content = $"{Trace} đăng", answer = $"{Trace} đăng" });
        Assert.Single((await app.GetAsync(site, "feedback")).Items);
        Assert.Single((await app.ReadAsync(site, "feedback?q=dauvet")).Items);

        var erased = (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK).Json;

        Assert.Equal("answered", erased.GetProperty("status").GetString());
        Assert.NotEqual(JsonValueKind.Null, erased.GetProperty("erasedAt").ValueKind);
        foreach (var query in new[] { "dauvet", "dauvet@example.vn", "0912345678", "an", receipt })
            Assert.Equal((query, 0), (query, (await app.ReadAsync(site, $"feedback?q={query}")).Items.Count));
        Assert.Empty((await app.GetAsync(site, "feedback")).Items);
        Assert.Equal([], await RowsWithTraceAsync(app, feedback.Id));
        var steps = await app.ReadAsync(site, $"feedback/{feedback.Id}/steps");
        Assert.Equal(["erased", "published", "answered", "noted", "received"], steps.Each("step"));
        Assert.Equal("Theo yêu cầu", steps.Items[0].GetProperty("text").GetString());

        // Its sender still reads what has become of it.
        var own = (await app.GetAsync(site, $"feedback/{receipt}")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("answered", ""), (own.GetProperty("status").GetString(), own.GetProperty("title").GetString()));
        // The key stays taken: what it stood for is not known any more.
        (await app.SubmitAsync(site, key, $"{Trace} An", $"{Trace} hỏi", $"{Trace} kể", "dauvet@example.vn", "0912345678")).IsProblem(422, "idempotency_key_reused");
        Assert.Single((await app.ReadAsync(site, "feedback")).Items);
    }

    [Theory, EveryDatabase]
    public async Task What_is_erased_is_neither_published_nor_opened_nor_erased_again(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK);
        (await app.StepAsync(feedback, "publish")).IsProblem(409, "illegal_state");
        (await app.StepAsync(feedback, "publish", new { title = "A", content = "B", answer = "C" })).IsProblem(409, "illegal_state");
        (await app.StepAsync(feedback, "reopen")).IsProblem(409, "illegal_state");
        (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).IsProblem(409, "illegal_state");
    }

    [Theory, EveryDatabase]
    public async Task Once_erased_nothing_is_written_that_could_not_be_erased(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK);
        (await app.StepAsync(feedback, "notes", new { text = $"{Trace} gọi lại" })).IsProblem(409, "illegal_state");
        (await app.StepAsync(feedback, "answer", new { text = $"{Trace} thu theo quý" })).IsProblem(409, "illegal_state");
        Assert.Equal([], await RowsWithTraceAsync(app, feedback.Id));
        // What is open is closed all the same, without a word to its sender.
        (await app.StepAsync(feedback, "decline", new { reason = "Đã xóa theo yêu cầu." })).Is(HttpStatusCode.OK);
    }

    [Theory, EveryDatabase]
    public async Task The_export_that_searched_for_somebody_does_not_keep_the_name(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        (await app.ReadAsync(site, $"feedback/export.csv?q={Trace}&status=received")).Is(HttpStatusCode.OK);
        var exported = Assert.Single((await app.ReadAsync(site, "feedback/audit")).Items);
        Assert.Equal(("exported", "q, status=received"), (exported.GetProperty("step").GetString(), exported.GetProperty("text").GetString()));
    }

    /// <summary>The rows of a feedback in whose JSON the trace can still be read.</summary>
    static Task<List<string>> RowsWithTraceAsync(FeedbackApp app, Guid id) => app.WithDatabaseAsync(async database =>
    {
        var entry = await database.Entries.AsNoTracking().SingleAsync(each => each.Id == id, Cancel);
        var steps = await database.Steps.AsNoTracking().Where(step => step.FeedbackId == id).ToListAsync(Cancel);
        return steps.Cast<object>().Prepend(entry).Select(row => JsonSerializer.Serialize(row, PortalJson.Options))
            .Where(row => row.Contains(Trace, StringComparison.OrdinalIgnoreCase) || row.Contains("dauvet", StringComparison.OrdinalIgnoreCase)).ToList();
    });
}
