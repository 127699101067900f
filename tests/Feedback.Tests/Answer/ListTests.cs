using System.Net;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Answer;

/// <summary>The operators' list: what is urgent first, filters, search, parts.</summary>
public sealed class ListTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    // A Monday, 9 o'clock at the site; what comes on it is due on 29 June.
    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Open_feedback_comes_by_its_due_day_with_the_overdue_first_and_everything_else_after_it(
        DatabaseKind kind
    )
    {
        var clock = new SetClock(Monday);
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        var sent = new Dictionary<string, SentFeedback>();
        // Not in the order of their days: the clock goes back.
        foreach (
            var (title, day) in new[]
            {
                ("thứ tư", 2),
                ("thứ hai", 0),
                ("thứ năm", 3),
                ("thứ ba", 1),
                ("thứ hai tuần sau", 7),
            }
        )
        {
            clock.Now = Monday.AddDays(day);
            sent[title] = await app.SendFeedbackAsync(site, title: title);
        }

        await app.StepAsync(sent["thứ ba"], "answer", new { text = "Đã trả lời." });
        await app.StepAsync(sent["thứ tư"], "start");
        // Wednesday's is due on 1 July: over with the day after it, at the site.
        clock.Now = new DateTimeOffset(2026, 7, 1, 16, 59, 59, TimeSpan.Zero);
        Assert.Equal(
            [("thứ hai", true), ("thứ tư", false), ("thứ năm", false), ("thứ hai tuần sau", false), ("thứ ba", false)],
            await ReadAsync("")
        );
        clock.Now = new DateTimeOffset(2026, 7, 1, 17, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [("thứ hai", true), ("thứ tư", true), ("thứ năm", false), ("thứ hai tuần sau", false), ("thứ ba", false)],
            await ReadAsync("?sort=dueBy")
        );
        Assert.Equal([("thứ hai", true), ("thứ tư", true)], await ReadAsync("?overdue=true"));
        Assert.Equal(
            [("thứ năm", false), ("thứ hai tuần sau", false), ("thứ ba", false)],
            await ReadAsync("?overdue=false")
        );
        Assert.Equal([("thứ tư", true)], await ReadAsync("?overdue=true&status=inProgress"));
        Assert.Equal(
            ["thứ hai tuần sau", "thứ năm", "thứ tư", "thứ ba", "thứ hai"],
            (await ReadAsync("?sort=newest")).Select(each => each.Item1)
        );

        // What is answered is late no more; opened again, it is.
        await app.StepAsync(sent["thứ hai"], "answer", new { text = "Đã trả lời." });
        Assert.Equal([("thứ tư", true)], await ReadAsync("?overdue=true"));
        await app.StepAsync(sent["thứ hai"], "reopen");
        Assert.Equal([("thứ hai", true), ("thứ tư", true)], await ReadAsync("?overdue=true"));
        Assert.True(
            (await app.ReadAsync(site, $"feedback/{sent["thứ hai"].Id}")).Json.GetProperty("overdue").GetBoolean()
        );

        async Task<IEnumerable<(string?, bool)>> ReadAsync(string query) =>
            (await app.ReadAsync(site, "feedback" + query))
                .Is(HttpStatusCode.OK)
                .Items.Select(item => (item.GetProperty("title").GetString(), item.GetProperty("overdue").GetBoolean()))
                .ToList();
    }

    [Theory, EveryDatabase]
    public async Task It_is_filtered_by_status_and_by_who_is_to_answer(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        foreach (
            var (title, step, body) in new (string, string?, object?)[]
            {
                ("A", null, null),
                ("B", "start", null),
                ("C", "answer", new { text = "x" }),
                ("D", "decline", new { reason = "x" }),
                ("E", "spam", null),
            }
        )
        {
            var feedback = await app.SendFeedbackAsync(site, title: title);
            if (step is not null)
            {
                (await app.StepAsync(feedback, step, body)).Is(HttpStatusCode.OK);
            }
        }

        foreach (
            var (query, titles) in new[]
            {
                ("status=received", "A"),
                ("status=inProgress", "B"),
                ("status=answered", "C"),
                ("status=published", ""),
                ("status=declined", "D"),
                ("status=spam", "E"),
                ("status=received,inProgress,spam", "ABE"),
                ("status=", "ABCDE"),
                ($"assignedTo={Uri.EscapeDataString(FeedbackApp.Officer)}", "B"),
                ("assignedTo=nobody", ""),
                ("status=received&assignedTo=nobody", ""),
            }
        )
        {
            Assert.Equal(
                (query, titles),
                (
                    query,
                    string.Concat(
                        (await app.ReadAsync(site, "feedback?" + query)).Is(HttpStatusCode.OK).Each("title").Order()
                    )
                )
            );
        }
    }

    [Theory, EveryDatabase]
    public async Task A_wrong_filter_order_or_part_is_refused(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        foreach (
            var (query, code) in new[]
            {
                ("status=open", "invalid_status"),
                ("status=0", "invalid_status"),
                ("status=received,", "invalid_status"),
                ("status=received,,spam", "invalid_status"),
                ("sort=oldest", "invalid_sort"),
                ("overdue=1", "invalid_request"),
                ("page=0", "invalid_paging"),
                ("pageSize=101", "invalid_paging"),
                ("q=" + new string('x', 201), "invalid_search"),
            }
        )
        {
            (await app.ReadAsync(site, "feedback?" + query)).IsProblem(400, code);
        }
    }

    [Theory, EveryDatabase]
    public async Task It_is_searched_without_marks_in_everything_that_was_written(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var fees = await app.SendFeedbackAsync(
            site,
            "Đỗ Thị Hạnh",
            "Học phí",
            "Công văn 162-KH/TU nói gì?",
            "hanh@example.vn",
            "0912 345 678"
        );
        await app.SendFeedbackAsync(site, "Lò Văn Bình", "Đường hỏng", "100% mặt đường_xấu \\ hết");
        await app.StepAsync(fees, "answer", new { text = "Thu theo quý." });
        await app.StepAsync(fees, "assign", new { to = "Chị Phượng" });

        foreach (
            var found in new[]
            {
                "hoc phi",
                "HỌC PHÍ",
                "Hoc",
                "phi hoc",
                "\"hoc phi\"",
                "do thi hanh",
                "hanh@example.vn",
                "0912 345 678",
                "162-kh/tu",
                "thu theo quy",
                "phuong",
                fees.Receipt,
                fees.Receipt.ToLowerInvariant(),
                "Ho\u0323c",
            }
        )
        {
            Assert.Equal((found, "Học phí"), (found, string.Join('|', (await SearchAsync(found)).Each("title"))));
        }
        foreach (var missed in new[] { "ho", "\"phi hoc\"", "hoc duong", "%", "_", "\\", "...", "' or 1=1 --" })
        {
            Assert.Equal((missed, 0), (missed, (await SearchAsync(missed)).Items.Count));
        }
        Assert.Equal(2, (await SearchAsync(" ")).Items.Count);
        Assert.Equal(["Đường hỏng"], (await SearchAsync("van duong")).Each("title"));

        async Task<AppReply> SearchAsync(string text) =>
            (await app.ReadAsync(site, $"feedback?q={Uri.EscapeDataString(text)}")).Is(HttpStatusCode.OK);
    }

    [Theory, EveryDatabase]
    public async Task It_comes_in_parts_that_miss_and_repeat_nothing(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        for (var i = 0; i < 5; i++)
        {
            await app.SendFeedbackAsync(site, title: $"Số {i}");
        }
        // All of one instant, so that only the order itself parts them.
        await app.WithDatabaseAsync(database =>
            database
                .Entries.Where(entry => entry.Site == site)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(entry => entry.ReceivedAt, Monday.ToUnixTimeMilliseconds()),
                    Cancel
                )
        );
        foreach (var sort in new[] { "dueBy", "newest" })
        {
            var seen = new List<string?>();
            for (var page = 1; page <= 3; page++)
            {
                var part = await app.ReadAsync(site, $"feedback?sort={sort}&pageSize=2&page={page}");
                Assert.Equal(
                    (5, page, 2),
                    (
                        part.Json.GetProperty("total").GetInt32(),
                        part.Json.GetProperty("page").GetInt32(),
                        part.Json.GetProperty("pageSize").GetInt32()
                    )
                );
                seen.AddRange(part.Each("title"));
            }

            Assert.Equal(["Số 0", "Số 1", "Số 2", "Số 3", "Số 4"], seen.Order());
            Assert.Empty((await app.ReadAsync(site, $"feedback?sort={sort}&pageSize=2&page=4")).Items);
        }
    }
}
