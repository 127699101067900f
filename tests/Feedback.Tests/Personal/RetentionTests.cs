using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>
/// Personal data that are kept long enough are erased, by the clock and by command; what is open, young or published is
/// not.
/// </summary>
public sealed class RetentionTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Every_hour_what_is_old_and_closed_is_erased(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(Monday);
        await using var app = await apps.StartAsync(kind, time, "--Feedback:KeepPersonalDataDays=1");
        var site = app.NewSite();
        var (open, answered, declined) = (
            await app.SendFeedbackAsync(site, title: "mở"),
            await app.SendFeedbackAsync(site, title: "đã trả lời"),
            await app.SendFeedbackAsync(site, title: "từ chối")
        );
        await app.StepAsync(answered, "answer", new { text = "Thu theo quý." });
        await app.StepAsync(declined, "decline", new { reason = "Trùng." });
        time.Advance(TimeSpan.FromHours(23));
        await app.StepAsync(
            await app.SendFeedbackAsync(site, title: "hôm sau"),
            "answer",
            new { text = "Thu theo quý." }
        );
        // The beats up to now leave all of it: an hour is still missing.
        Assert.Equal(["hôm sau", "mở", "từ chối", "đã trả lời"], await TitlesAsync(app, site));

        await Eventually.HoldsAsync(
            async () =>
            {
                // Not so far that the next day's is old, too.
                if (time.GetUtcNow() < Monday.AddHours(40))
                {
                    time.Advance(TimeSpan.FromHours(1));
                }
                return (await TitlesAsync(app, site)).Count == 2;
            },
            "what is old is erased",
            Cancel,
            TimeSpan.FromSeconds(20)
        );
        Assert.Equal(["hôm sau", "mở"], await TitlesAsync(app, site));
        var step = (await app.ReadAsync(site, $"feedback/{answered.Id}/steps")).Items[0];
        Assert.Equal(
            ("retention", "erased", "1 days"),
            (
                step.GetProperty("by").GetString(),
                step.GetProperty("step").GetString(),
                step.GetProperty("text").GetString()
            )
        );
        Assert.Equal(
            "received",
            (await app.ReadAsync(site, $"feedback/{open.Id}")).Json.GetProperty("status").GetString()
        );
    }

    [Theory, EveryDatabase]
    public async Task It_is_made_up_for_at_the_next_start(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        string site;
        await using (var before = await FeedbackApp.StartAsync(database, new SetClock(Monday)))
        {
            site = before.NewSite();
            for (var i = 0; i < 3; i++)
            {
                await before.StepAsync(await before.SendFeedbackAsync(site, title: $"Số {i}"), "spam");
            }
        }

        await using var app = await FeedbackApp.StartAsync(
            database,
            new SetClock(Monday.AddDays(31)),
            "--Feedback:KeepPersonalDataDays=30"
        );
        await Eventually.HoldsAsync(
            async () => (await TitlesAsync(app, site)).Count == 0,
            "all of it is erased",
            Cancel,
            TimeSpan.FromSeconds(20)
        );
    }

    [Theory, EveryDatabase]
    public async Task The_command_erases_what_came_before_and_says_how_much(DatabaseKind kind)
    {
        var clock = new SetClock(Monday);
        await using var app = await apps.StartAsync(kind, clock);
        var (site, other) = (app.NewSite(), app.NewSite());
        for (var i = 0; i < 3; i++)
        {
            await app.StepAsync(
                await app.SendFeedbackAsync(site, title: $"cũ {i}"),
                "answer",
                new { text = "Thu theo quý." }
            );
        }
        await app.StepAsync(await app.SendFeedbackAsync(other, title: "trang khác"), "spam");
        await app.SendFeedbackAsync(site, title: "mở");
        clock.Now = Monday.AddDays(10);
        await app.StepAsync(await app.SendFeedbackAsync(site, title: "mới"), "spam");
        // To the millisecond: ten days are not more than ten days.
        Assert.Equal(0, await RetainAsync(10));
        clock.Now += TimeSpan.FromMilliseconds(1);
        Assert.Equal(3, await RetainAsync(10));
        Assert.Equal(0, await RetainAsync(10));
        Assert.Equal(["mới", "mở"], await TitlesAsync(app, site));
        Assert.Equal(["trang khác"], await TitlesAsync(app, other));
        var erased = (await app.ReadAsync(site, "feedback/audit"))
            .Items.Where(item => item.GetProperty("step").GetString() == "erased")
            .ToList();
        Assert.Equal(3, erased.Count);
        Assert.All(
            erased,
            item =>
                Assert.Equal(
                    (FeedbackApp.Officer, "Hết hạn lưu"),
                    (item.GetProperty("by").GetString(), item.GetProperty("text").GetString())
                )
        );

        foreach (var days in new[] { 0, -1, 36_501 })
        {
            Assert.Equal(
                ["olderThanDays"],
                (await app.CommandAsync(site, "feedback/retention", new { olderThanDays = days, reason = "x" }))
                    .IsProblem(400, "invalid_fields")
                    .WrongFields
            );
        }
        Assert.Equal(
            ["reason"],
            (await app.CommandAsync(site, "feedback/retention", new { olderThanDays = 1 }))
                .IsProblem(400, "invalid_fields")
                .WrongFields
        );

        async Task<int> RetainAsync(int days) =>
            (await app.CommandAsync(site, "feedback/retention", new { olderThanDays = days, reason = "Hết hạn lưu" }))
                .Is(HttpStatusCode.OK)
                .Json.GetProperty("erased")
                .GetInt32();
    }

    [Theory, EveryDatabase]
    public async Task More_than_are_read_at_once_are_erased_by_one_command(DatabaseKind kind)
    {
        var clock = new SetClock(Monday);
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        await app.WithDatabaseAsync(database =>
        {
            database.AddRange(
                Enumerable
                    .Range(0, 205)
                    .Select(n => StoredFeedback.Of(site, n, Monday))
                    .Select(entry =>
                    {
                        entry.Become(FeedbackStatus.Answered);
                        return entry;
                    })
            );
            return database.SaveChangesAsync(Cancel);
        });
        clock.Now = Monday.AddDays(2);
        Assert.Equal(
            205,
            (await app.CommandAsync(site, "feedback/retention", new { olderThanDays = 1, reason = "x" }))
                .Json.GetProperty("erased")
                .GetInt32()
        );
        Assert.Equal(
            0,
            await app.WithDatabaseAsync(database =>
                database.Entries.CountAsync(
                    entry => entry.FullName != "" || entry.Words != "" || entry.ErasedAt == null,
                    Cancel
                )
            )
        );
    }

    [Theory, EveryDatabase]
    public async Task What_is_published_stays_published_without_its_sender(DatabaseKind kind)
    {
        var clock = new SetClock(Monday);
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        var feedback = await app.SendFeedbackAsync(site);
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        await app.StepAsync(feedback, "publish");
        var before = (await app.GetAsync(site, "feedback")).Items.Single().GetRawText();
        clock.Now = Monday.AddDays(2);
        (await app.CommandAsync(site, "feedback/retention", new { olderThanDays = 1, reason = "x" })).Is(
            HttpStatusCode.OK
        );
        Assert.Equal(before, (await app.GetAsync(site, "feedback")).Items.Single().GetRawText());
        Assert.Equal(
            "",
            (await app.ReadAsync(site, $"feedback/{feedback.Id}")).Json.GetProperty("fullName").GetString()
        );
    }

    private static async Task<List<string?>> TitlesAsync(FeedbackApp app, string site) =>
        [
            .. (await app.ReadAsync(site, "feedback"))
                .Is(HttpStatusCode.OK)
                .Each("title")
                .Where(title => title != "")
                .Order(StringComparer.Ordinal),
        ];
}
