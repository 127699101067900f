using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Database;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Personal;
using PortalServices.Http.Json;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>Erasure of one feedback: no word of anybody is left, and what happened is.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ErasureTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    // Stands in every text that somebody wrote.
    private const string Trace = "Dấuvết";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Every_text_is_gone_and_what_happened_is_left(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var receipt = (await SubmitTraceAsync(app, site, key))
            .Is(HttpStatusCode.Created)
            .Json.GetProperty("receipt")
            .GetString()!;
        var feedback = new SentFeedback(
            site,
            receipt,
            (await app.ReadAsync(site, $"feedback?q={receipt}")).Items.Single().GetProperty("id").GetGuid()
        );
        await app.StepAsync(feedback, "notes", new { text = $"{Trace} ghi chú" });
        await app.StepAsync(feedback, "answer", new { text = $"{Trace} trả lời" });
        await app.StepAsync(
            feedback,
            "publish",
            new
            {
                title = $"{Trace} đăng",
                content = $"{Trace} đăng",
                answer = $"{Trace} đăng",
            }
        );
        Assert.Single((await app.GetAsync(site, "feedback")).Items);
        Assert.Single((await app.ReadAsync(site, "feedback?q=dauvet")).Items);

        var erased = (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" }))
            .Is(HttpStatusCode.OK)
            .Json;

        Assert.Equal("answered", erased.GetProperty("status").GetString());
        Assert.NotEqual(JsonValueKind.Null, erased.GetProperty("erasedAt").ValueKind);
        foreach (var query in new[] { "dauvet", "dauvet@example.vn", "0912345678", "an", receipt })
        {
            Assert.Equal((query, 0), (query, (await app.ReadAsync(site, $"feedback?q={query}")).Items.Count));
        }
        Assert.Empty((await app.GetAsync(site, "feedback")).Items);
        Assert.Equal([], await RowsWithTraceAsync(app, feedback.Id));
        var steps = await app.ReadAsync(site, $"feedback/{feedback.Id}/steps");
        Assert.Equal(["erased", "published", "answered", "noted", "received"], steps.Each("step"));
        Assert.Equal("Theo yêu cầu", steps.Items[0].GetProperty("text").GetString());

        // Its sender still reads what has become of it.
        var own = (await app.GetAsync(site, $"feedback/{receipt}")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("answered", ""), (own.GetProperty("status").GetString(), own.GetProperty("title").GetString()));
        // The key stays taken: what it stood for is not known any more.
        (await SubmitTraceAsync(app, site, key)).IsProblem(422, "idempotency_key_reused");
        Assert.Single((await app.ReadAsync(site, "feedback")).Items);
    }

    [Theory, EveryDatabase]
    public async Task To_erase_again_changes_nothing_whatever_was_read_before(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        var before = (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}")).Tag!;
        var first = (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK);
        var steps = (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/steps")).Text;
        // The answer to the first one was lost: it is sent again as it was. And somebody asks once more.
        foreach (var match in new[] { before, first.Tag! })
        {
            var again = (await app.StepAsync(feedback, "erase", new { reason = $"{Trace} lần nữa" }, match)).Is(
                HttpStatusCode.OK
            );
            Assert.Equal((first.Text, first.Tag), (again.Text, again.Tag));
        }

        Assert.Equal(steps, (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/steps")).Text);
        (await app.CommandAsync(feedback.Site, $"feedback/{feedback.Id}/erase", new { reason = "x" })).IsProblem(
            428,
            "if_match_required"
        );
    }

    [Theory, EveryDatabase]
    public async Task What_was_published_and_is_past_its_retention_is_erased_and_gone_from_the_public_list(
        DatabaseKind kind
    )
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite(), $"{Trace} An");
        await app.StepAsync(feedback, "answer", new { text = $"{Trace} trả lời" });
        await app.StepAsync(feedback, "publish", new { content = $"{Trace} đăng" });
        Assert.Equal(1, await RetainAsync(app, feedback.Site));
        Assert.Single((await app.GetAsync(feedback.Site, "feedback")).Items);

        var erased = (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" }))
            .Is(HttpStatusCode.OK)
            .Json;
        Assert.Equal("answered", erased.GetProperty("status").GetString());
        Assert.Empty((await app.GetAsync(feedback.Site, "feedback")).Items);
        Assert.Equal([], await RowsWithTraceAsync(app, feedback.Id));
        // Both erasures are told of, each with its reason.
        var steps = (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/steps")).Items;
        Assert.Equal(["Theo yêu cầu", "730 days"], steps.Take(2).Select(step => step.GetProperty("text").GetString()));
    }

    [Theory, EveryDatabase]
    public async Task What_is_past_its_retention_can_be_taken_back_from_the_public(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        await app.StepAsync(feedback, "publish");
        Assert.Equal(1, await RetainAsync(app, feedback.Site));
        (await app.StepAsync(feedback, "unpublish")).Is(HttpStatusCode.OK);
        Assert.Empty((await app.GetAsync(feedback.Site, "feedback")).Items);
        (await app.StepAsync(feedback, "publish", new { content = "Lại" })).IsProblem(409, "feedback_erased");
    }

    [Theory, EveryDatabase]
    public async Task Once_erased_nothing_is_written_that_could_not_be_erased(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        var erased = (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK);
        // What is open is closed by it: nobody can answer it any more, and nobody is to be reminded of it.
        Assert.Equal(
            ("declined", false),
            (erased.Json.GetProperty("status").GetString(), erased.Json.GetProperty("overdue").GetBoolean())
        );
        object[] bodies =
        [
            new { to = $"{Trace} Bình" },
            new { text = $"{Trace} gọi lại" },
            new { text = $"{Trace} thu" },
            new { reason = $"{Trace} trùng" },
            new { content = $"{Trace} đăng" },
        ];
        foreach (
            var (step, body) in new (string, object?)[]
            {
                ("start", null),
                ("assign", bodies[0]),
                ("notes", bodies[1]),
                ("answer", bodies[2]),
                ("decline", bodies[3]),
                ("publish", bodies[4]),
                ("publish", null),
                ("spam", null),
                ("reopen", null),
            }
        )
        {
            (await app.StepAsync(feedback, step, body)).IsProblem(409, "feedback_erased");
        }
        Assert.Equal([], await RowsWithTraceAsync(app, feedback.Id));
        Assert.Equal(erased.Text, (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}")).Text);
    }

    [Theory, EveryDatabase]
    public async Task What_an_earlier_version_wrote_to_erased_feedback_is_erased_by_erasing_it_again(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await app.WithDatabaseAsync(async database =>
        {
            var entry = await database.Entries.SingleAsync(each => each.Id == feedback.Id, Cancel);
            (
                entry.FullName,
                entry.Title,
                entry.Content,
                entry.Words,
                entry.ErasedAt,
                entry.AssignedTo,
                entry.DeclineReason
            ) = ("", "", "", "", 1, $"{Trace} Bình", $"{Trace} trùng");
            database.Add(
                new FeedbackStep
                {
                    Id = Guid.CreateVersion7(),
                    Site = feedback.Site,
                    FeedbackId = feedback.Id,
                    At = 1,
                    By = "An",
                    Kind = StepKind.Assigned,
                    Text = $"{Trace} Bình",
                }
            );
            return await database.SaveChangesAsync(Cancel);
        });
        Assert.Equal(2, (await RowsWithTraceAsync(app, feedback.Id)).Count);
        var erased = (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" }))
            .Is(HttpStatusCode.OK)
            .Json;
        Assert.Equal("declined", erased.GetProperty("status").GetString());
        Assert.Equal([], await RowsWithTraceAsync(app, feedback.Id));
    }

    [Theory, EveryDatabase]
    public async Task Its_sender_reads_that_it_was_erased_and_no_word_of_it(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        Assert.False((await OwnAsync()).TryGetProperty("erasedAt", out _));
        await app.StepAsync(feedback, "decline", new { reason = $"{Trace} trùng" });
        await app.StepAsync(feedback, "erase", new { reason = $"{Trace} yêu cầu" });
        var own = await OwnAsync();
        Assert.Equal(("declined", ""), (own.GetProperty("status").GetString(), own.GetProperty("title").GetString()));
        Assert.NotEqual(default, own.GetProperty("erasedAt").GetDateTime());
        Assert.DoesNotContain(Trace, own.GetRawText(), StringComparison.Ordinal);

        async Task<JsonElement> OwnAsync() =>
            (await app.GetAsync(feedback.Site, $"feedback/{feedback.Receipt}")).Is(HttpStatusCode.OK).Json;
    }

    [Theory, EveryDatabase]
    public async Task The_export_that_searched_for_somebody_does_not_keep_the_name(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        (await app.ReadAsync(site, $"feedback/export.csv?q={Trace}&status=received")).Is(HttpStatusCode.OK);
        var exported = Assert.Single((await app.ReadAsync(site, "feedback/audit")).Items);
        Assert.Equal(
            ("exported", "q, status=received"),
            (exported.GetProperty("step").GetString(), exported.GetProperty("text").GetString())
        );
    }

    private static async Task<int> RetainAsync(FeedbackApp app, string site)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<Erasure>()
            .EraseBeforeAsync(site, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), "retention", "730 days", Cancel);
    }

    private static Task<AppReply> SubmitTraceAsync(FeedbackApp app, string site, string key) =>
        app.SubmitAsync(site, key, $"{Trace} An", $"{Trace} hỏi", $"{Trace} kể", "dauvet@example.vn", "0912345678");

    /// <summary>The rows of a feedback in whose JSON the trace can still be read.</summary>
    private static Task<List<string>> RowsWithTraceAsync(FeedbackApp app, Guid id) =>
        app.WithDatabaseAsync(async database =>
        {
            var entry = await database.Entries.AsNoTracking().SingleAsync(each => each.Id == id, Cancel);
            var steps = await database.Steps.AsNoTracking().Where(step => step.FeedbackId == id).ToListAsync(Cancel);
            return steps
                .Cast<object>()
                .Prepend(entry)
                .Select(row => JsonSerializer.Serialize(row, PortalJson.Options))
                .Where(row =>
                    row.Contains(Trace, StringComparison.OrdinalIgnoreCase)
                    || row.Contains("dauvet", StringComparison.OrdinalIgnoreCase)
                )
                .ToList();
        });

    [Theory, EveryDatabase]
    public async Task At_the_same_time_it_is_as_harmless_as_later_on(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        foreach (var match in (string[])["\"1\"", "*"])
        {
            var feedback = await app.SendFeedbackAsync(app.NewSite());
            var replies = await Task.WhenAll(
                Enumerable
                    .Range(0, 6)
                    .Select(_ => app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" }, match))
            );
            Assert.All(replies, reply => Assert.Equal("\"2\"", reply.Is(HttpStatusCode.OK).Tag));
            (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" }, "zzz")).IsProblem(
                400,
                "invalid_if_match"
            );
        }
    }

    [Theory, EveryDatabase]
    public async Task That_a_mail_failed_stays_without_the_words(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        string?[] failures = ["550 5.1.1 <an@example.vn>: unknown", "an@example.vn is away", null];
        await app.WithDatabaseAsync(database =>
        {
            foreach (var (of, failure) in failures.Index())
            {
                database.Add(
                    new WaitingMail
                    {
                        Id = Guid.NewGuid(),
                        FeedbackId = feedback.Id,
                        Kind = MailKind.Answer,
                        Of = of,
                        To = "",
                        CreatedAt = 1,
                        DoneAt = 2,
                        Failure = failure,
                    }
                );
            }
            return database.SaveChangesAsync(Cancel);
        });
        (await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" })).Is(HttpStatusCode.OK);
        var left = await app.WithDatabaseAsync(database =>
            database
                .Mails.Where(mail => mail.FeedbackId == feedback.Id)
                .OrderBy(mail => mail.Of)
                .Select(mail => mail.Failure)
                .ToListAsync(Cancel)
        );
        Assert.Equal(["550 5.1.1", "failed", null], left);
    }
}
