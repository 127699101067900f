using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortalServices.Database;
using PortalServices.Feedback.Answer;
using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.Feedback.Tests.ReadPublished;

/// <summary>What everybody finds among what was published, and nothing else.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class PublishedFeedbackTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task It_is_found_by_the_words_that_everybody_can_read_without_diacritics(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        await PublishedAsync(
            app,
            site,
            "Miễn giảm học phí",
            "Học sinh vùng cao được miễn không?",
            "Có, theo Nghị định 81."
        );
        await PublishedAsync(app, site, "Tuyển sinh lớp 10", "Khi nào thi?", "Ngày 5 tháng 6.");
        Assert.Equal(["Miễn giảm học phí"], await TitlesAsync(app, site, "mien giam"));
        Assert.Equal(["Miễn giảm học phí"], await TitlesAsync(app, site, "NGHỊ ĐỊNH"));
        Assert.Equal(["Tuyển sinh lớp 10"], await TitlesAsync(app, site, "\"lop 10\""));
        Assert.Empty(await TitlesAsync(app, site, "hoc sinh lop 10"));
        Assert.Empty(await TitlesAsync(app, site, "!"));
        Assert.Empty(await TitlesAsync(app, app.NewSite(), "mien giam"));

        var snippet = (await app.GetAsync(site, "feedback?q=vung+cao")).Items.Single().GetProperty("snippet");
        var hit = snippet.GetProperty("hits")[0];
        Assert.Equal(
            "vùng",
            snippet
                .GetProperty("text")
                .GetString()!
                .Substring(hit.GetProperty("start").GetInt32(), hit.GetProperty("length").GetInt32())
        );
        Assert.False((await app.GetAsync(site, "feedback?q=giam")).Items.Single().TryGetProperty("snippet", out _));
    }

    [Theory, EveryDatabase]
    public async Task Nothing_is_found_by_what_is_not_published(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var feedback = await app.SendFeedbackAsync(
            site,
            "Nguyễn Văn Tèo",
            "Học phí",
            "Gọi 0912345678.",
            "teo@example.vn",
            "0912345678"
        );
        Assert.Empty(await TitlesAsync(app, site, "hoc phi"));
        await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        Assert.Empty(await TitlesAsync(app, site, "theo quy"));
        await app.StepAsync(feedback, "publish");
        Assert.Equal(["Học phí"], await TitlesAsync(app, site, "theo quy"));
        foreach (var hidden in new[] { "Tèo", "0912345678", "teo", feedback.Receipt })
        {
            Assert.Empty(await TitlesAsync(app, site, hidden));
            Assert.Single((await app.ReadAsync(site, $"feedback?q={Uri.EscapeDataString(hidden)}")).Items);
        }
        await app.StepAsync(feedback, "unpublish");
        Assert.Empty(await TitlesAsync(app, site, "theo quy"));
    }

    [Theory, EveryDatabase]
    public async Task What_stays_published_when_personal_data_are_erased_is_found_until_it_is_taken_back(
        DatabaseKind kind
    )
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var feedback = await PublishedAsync(app, site, "Học phí", "Thu thế nào?", "Thu theo quý.");
        // As old as it can be: it came a moment ago.
        await app.WithDatabaseAsync(database =>
            database
                .Entries.Where(entry => entry.Id == feedback.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(entry => entry.ReceivedAt, 1), Cancel)
        );
        (await app.CommandAsync(site, "feedback/retention", new { olderThanDays = 1, reason = "Hết hạn" })).Is(
            HttpStatusCode.OK
        );
        Assert.Equal(["Học phí"], await TitlesAsync(app, site, "theo quy"));
        Assert.Empty((await app.ReadAsync(site, "feedback?q=theo+quy")).Items);
        await app.StepAsync(feedback, "unpublish");
        Assert.Empty(await TitlesAsync(app, site, "theo quy"));
        Assert.Equal(
            "",
            await app.WithDatabaseAsync(async database =>
                (await database.Entries.SingleAsync(entry => entry.Id == feedback.Id, Cancel)).WordHashes
            )
        );
    }

    [Theory, EveryDatabase]
    public async Task What_an_earlier_version_has_published_is_made_ready(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind);
        var site = app.NewSite();
        await PublishedAsync(app, site, "Học phí", "Thu thế nào?", "Thu theo quý.");
        var rehashing = app.Services.GetRequiredService<FeedbackRehashing>();
        await app
            .Services.GetServices<IHostedService>()
            .OfType<PeriodicRunner>()
            .Single(each => each.Name == rehashing.Name)
            .StopAsync(Cancel);
        await app.WithDatabaseAsync(database =>
            database.Entries.ExecuteUpdateAsync(
                set =>
                    set.SetProperty(entry => entry.WordHashes, (string?)null)
                        .SetProperty(entry => entry.PublicWords, (string?)null),
                Cancel
            )
        );
        Assert.Empty(await TitlesAsync(app, site, "theo quy"));
        await rehashing.RunAsync(Cancel);
        Assert.Equal(["Học phí"], await TitlesAsync(app, site, "theo quy"));
    }

    [Theory, EveryDatabase]
    public async Task It_is_listed_and_searched_by_its_heading(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var first = await PublishedAsync(app, site, "Một", "Thu thế nào?", "Thu theo quý.");
        await PublishedAsync(app, site, "Hai", "Thu thế nào?", "Thu theo quý.");
        await app.StepAsync(first, "category", new { category = "hoc-phi" });
        Assert.Equal(["Một"], (await app.GetAsync(site, "feedback?category=hoc-phi")).Each("title"));
        Assert.Equal(["hoc-phi"], (await app.GetAsync(site, "feedback?category=hoc-phi")).Each("category"));
        Assert.Equal(["Một"], (await app.GetAsync(site, "feedback?category=hoc-phi&q=quy")).Each("title"));
        Assert.Empty((await app.GetAsync(site, "feedback?category=khong-co")).Items);
        Assert.Equal(2, (await app.GetAsync(site, "feedback?q=quy")).Items.Count);
    }

    [Theory, EveryDatabase]
    public async Task Titles_like_one_that_is_typed_are_found_the_most_alike_first_and_five_at_most(DatabaseKind kind)
    {
        var clock = new SetClock(new DateTimeOffset(2026, 6, 8, 2, 0, 0, TimeSpan.Zero));
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        foreach (var n in Enumerable.Range(1, 6))
        {
            await PublishedAsync(app, site, $"Học phí năm học mới kỳ {n}", "Thế nào?", "Theo quý.");
        }
        var exemption = await PublishedAsync(app, site, "Miễn học phí cho học sinh nghèo", "Thế nào?", "Có.");
        await PublishedAsync(app, site, "Cây đổ trước cổng trường", "Nguy hiểm.", "Đã dọn.");
        await app.SendFeedbackAsync(site, title: "Miễn học phí cho học sinh khuyết tật");

        Assert.Equal("Miễn học phí cho học sinh nghèo", (await SimilarAsync(app, site, "mien hoc phi cho"))[0]);
        Assert.Equal(5, (await SimilarAsync(app, site, "Học phí")).Count);
        Assert.Equal(["Cây đổ trước cổng trường"], await SimilarAsync(app, site, "CÂY ĐỔ"));
        Assert.Empty(await SimilarAsync(app, site, "Tuyển sinh lớp 10"));
        Assert.Empty(await SimilarAsync(app, site, ""));
        Assert.Empty(await SimilarAsync(app, site, "?!"));

        // What is taken back is shown no more at once; what is new a minute later.
        await app.StepAsync(exemption, "unpublish");
        Assert.DoesNotContain("Miễn học phí cho học sinh nghèo", await SimilarAsync(app, site, "mien hoc phi cho"));
        await PublishedAsync(app, site, "Thư viện số", "Thế nào?", "Có.");
        Assert.Empty(await SimilarAsync(app, site, "thu vien so"));
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(["Thư viện số"], await SimilarAsync(app, site, "thu vien so"));
    }

    private static async Task<SentFeedback> PublishedAsync(
        FeedbackApp app,
        string site,
        string title,
        string content,
        string answer
    )
    {
        var feedback = await app.SendFeedbackAsync(site, title: title, content: content);
        (await app.StepAsync(feedback, "answer", new { text = answer })).Is(HttpStatusCode.OK);
        (await app.StepAsync(feedback, "publish")).Is(HttpStatusCode.OK);
        return feedback;
    }

    private static async Task<IReadOnlyList<string?>> TitlesAsync(FeedbackApp app, string site, string query) =>
        [
            .. (await app.GetAsync(site, $"feedback?q={Uri.EscapeDataString(query)}"))
                .Is(HttpStatusCode.OK)
                .Each("title"),
        ];

    private static async Task<IReadOnlyList<string?>> SimilarAsync(FeedbackApp app, string site, string title) =>
        [
            .. (await app.GetAsync(site, $"feedback/similar?title={Uri.EscapeDataString(title)}"))
                .Is(HttpStatusCode.OK)
                .Each("title"),
        ];
}
