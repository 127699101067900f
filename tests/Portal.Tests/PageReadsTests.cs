using Microsoft.Extensions.DependencyInjection;
using PortalServices.Portal.Api;
using PortalServices.Testing;

namespace PortalServices.Portal.Tests;

/// <summary>How pages read the services: how often, what is kept of it, and what is shown while one is away.</summary>
public sealed class PageReadsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_rendered_once_for_a_content()
    {
        await using var app = await PortalApp.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            using var page = await app.PageAsync("/");
            app.Clock.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.Equal(1, app.Rendered);

        app.Services.Title = "Đã sửa";
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var changed = await app.PageAsync("/");
        Assert.Equal(2, app.Rendered);
        Assert.Equal("Đã sửa", changed.QuerySelector(".lead h2")!.TextContent);
    }

    [Fact]
    public async Task Within_a_second_the_services_are_not_asked_again()
    {
        await using var app = await PortalApp.StartAsync();
        using var first = await app.PageAsync("/");
        var calls = app.Services.AllCalls;
        using var second = await app.PageAsync("/");
        Assert.Equal(calls, app.Services.AllCalls);
    }

    [Fact]
    public async Task After_a_second_they_are_asked_by_entity_tag()
    {
        await using var app = await PortalApp.StartAsync();
        using var first = await app.PageAsync("/");
        var (calls, whole) = (app.Services.AllCalls, app.Services.Whole);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var second = await app.PageAsync("/");
        Assert.Equal((2 * calls, whole), (app.Services.AllCalls, app.Services.Whole));
    }

    [Fact]
    public async Task Who_asks_at_the_same_time_shares_the_requests()
    {
        int alone;
        await using (var other = await PortalApp.StartAsync())
        {
            using var page = await other.PageAsync("/tin-tuc");
            alone = other.Services.AllCalls;
        }
        await using var app = await PortalApp.StartAsync();
        app.Services.Hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pages = Enumerable.Range(0, 40).Select(_ => app.PageAsync("/tin-tuc")).ToList();
        await Eventually.HoldsAsync(() => app.Active > pages.Count, "all are waiting", Cancel);
        app.Services.Hanging.SetResult();
        await Task.WhenAll(pages);
        Assert.Equal((alone, 1), (app.Services.AllCalls, app.Rendered));
    }

    [Fact]
    public async Task Numbers_stand_in_the_page_and_change_without_rendering()
    {
        await using var app = await PortalApp.StartAsync();
        using var first = await app.PageAsync("/");
        Assert.Equal(
            ["3", "31,315", "96,101", "18,481,240"],
            first.QuerySelectorAll(".stats dd").Select(each => each.TextContent)
        );
        app.Services.Total++;
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var second = await app.PageAsync("/");
        Assert.Equal("18,481,241", second.QuerySelector("[data-portal=total]")!.TextContent);
        Assert.Equal(1, app.Rendered);
        using var article = await app.PageAsync("/articles/mot");
        Assert.Equal("478", article.QuerySelector("[data-portal=page]")!.TextContent);
    }

    [Fact]
    public async Task A_service_that_is_away_takes_its_own_part_alone()
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Away.UnionWith(["videos", "stats", "feedback"]);
        using var page = await app.PageAsync("/");
        Assert.Equal(2, page.QuerySelectorAll(".notice").Length);
        Assert.Equal("Hội nghị tổng kết", page.QuerySelector(".lead h2")!.TextContent);
        Assert.Equal(["–", "–", "–", "–"], page.QuerySelectorAll(".stats dd").Select(each => each.TextContent));
    }

    [Fact]
    public async Task What_was_there_goes_on_while_its_service_is_away_and_numbers_say_how_old_they_are()
    {
        await using var app = await PortalApp.StartAsync();
        using var before = await app.PageAsync("/");
        Assert.Equal("", before.QuerySelector(".stats-age")!.TextContent);
        app.Services.Away.UnionWith(["videos", "stats", "articles"]);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var page = await app.PageAsync("/");
        Assert.Empty(page.QuerySelectorAll(".notice"));
        Assert.Equal("18,481,240", page.QuerySelector("[data-portal=total]")!.TextContent);
        Assert.Equal("Số liệu lúc 10:32 30/11/2026", page.QuerySelector(".stats-age")!.TextContent);

        app.Clock.Advance(TimeSpan.FromMinutes(10));
        using var later = await app.PageAsync("/");
        Assert.Equal("–", later.QuerySelector("[data-portal=total]")!.TextContent);
        Assert.NotEmpty(later.QuerySelectorAll(".notice"));
    }

    [Fact]
    public async Task No_two_pages_say_different_numbers()
    {
        await using var app = await PortalApp.StartAsync();
        using var first = await app.PageAsync("/");
        (app.Services.Total, app.Services.AsOf) = (18_481_250, "2026-11-30T03:32:01Z");
        using var second = await app.PageAsync("/articles/mot");
        using var again = await app.PageAsync("/");
        app.Services.Away.Add("stats");
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var away = await app.PageAsync("/");
        using var unread = await app.PageAsync("/video");
        Assert.All(
            [second, again, away, unread],
            page => Assert.Equal("18,481,250", page.QuerySelector("[data-portal=total]")!.TextContent)
        );
        Assert.All(
            [away, unread],
            page => Assert.Equal("Số liệu lúc 10:32 30/11/2026", page.QuerySelector(".stats-age")!.TextContent)
        );
    }

    [Theory]
    [InlineData("/articles/mot", "stats")]
    [InlineData("/video", "stats")]
    [InlineData("/thong-ke", "articles")]
    [InlineData("/thong-ke", "traffic")]
    [InlineData("/tim-kiem?q=hoc", "feedback")]
    [InlineData("/articles/mot", "categories")]
    public async Task A_part_that_hangs_and_was_never_read_takes_two_seconds(string path, string hung)
    {
        await using var app = await PortalApp.StartAsync();
        using (await app.PageAsync("/tiep-can")) { }
        app.Services.Hung.Add(hung);
        app.Services.Top.AddRange(Enumerable.Range(0, 18).Select(i => $"/articles/so-{i}"));
        using var reply = await app.WaitForAsync(app.GetAsync(path), most: TimeSpan.FromSeconds(4));
        Assert.Equal(200, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("18,481,240", page.QuerySelector("[data-portal=total]")!.TextContent);
    }

    [Theory]
    [InlineData("/tin-tuc", "articles")]
    [InlineData("/tim-kiem?q=hoc", "articles")]
    [InlineData("/video", "videos")]
    [InlineData("/tra-cuu", "lookups")]
    [InlineData("/hoi-dap", "feedback")]
    public async Task A_list_that_is_away_is_a_page_that_nobody_keeps(string path, string away)
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Away.Add(away);
        using var reply = await app.GetAsync(path);
        Assert.Equal(503, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Single(page.QuerySelectorAll(".notice"));
        Assert.DoesNotContain("0 kết quả", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("script[data-site]"));
    }

    [Fact]
    public async Task Memory_is_bounded_however_many_searches_there_are()
    {
        await using var app = await PortalApp.StartAsync("--Portal:CacheMegabytes=1", "--Edge:SearchesPerMinute=0");
        var words = new string('x', 150);
        for (var i = 0; i < 400; i++)
        {
            using var page = await app.GetAsync($"/tim-kiem?q={words}{i}");
            Assert.Equal(200, (int)page.StatusCode);
        }
        Assert.InRange(app.Parts.GetRequiredService<ApiReads>().KeptBytes, 1, 512 * 1024);
        Assert.InRange(app.Parts.GetRequiredService<Rendering.PageRenderer>().KeptBytes, 0, 512 * 1024);
    }

    [Fact]
    public async Task What_is_kept_weighs_what_it_has()
    {
        await using var app = await PortalApp.StartAsync();
        var (replies, pages) = (
            app.Parts.GetRequiredService<ApiReads>(),
            app.Parts.GetRequiredService<Rendering.PageRenderer>()
        );
        using var small = await app.PageAsync("/articles/mot");
        var before = (Replies: replies.KeptBytes, Pages: pages.KeptBytes);
        app.Services.Html = $"<p>{new string('x', 100_000)}</p>";
        using var large = await app.PageAsync("/articles/hai");
        Assert.InRange(replies.KeptBytes - before.Replies, 200_000, 400_000);
        Assert.InRange(pages.KeptBytes - before.Pages, 100_000, 400_000);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"items\":null,\"views\":null}")]
    [InlineData("no JSON")]
    public async Task A_reply_that_is_none_makes_a_page_without_its_parts(string reply)
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Nonsense = reply;
        foreach (var path in PortalApp.Pages)
        {
            using var page = await app.GetAsync(path, ("Accept", PortalApp.Browser));
            Assert.NotEqual(500, (int)page.StatusCode);
        }
        app.Services.Nonsense = null;
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var again = await app.PageAsync("/");
        Assert.Empty(again.QuerySelectorAll(".notice"));
    }

    [Fact]
    public async Task A_service_that_hangs_holds_up_no_page_that_has_its_last_reply()
    {
        await using var app = await PortalApp.StartAsync();
        using var before = await app.PageAsync("/");
        app.Services.Hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        // A service is given up after ten seconds; a page waits a third of one for a newer reply.
        using var reply = await app.WaitForAsync(app.GetAsync("/"), most: TimeSpan.FromSeconds(6));
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("18,481,240", page.QuerySelector("[data-portal=total]")!.TextContent);
        Assert.Empty(page.QuerySelectorAll(".notice"));
        app.Services.Hanging.SetResult();
    }

    [Fact]
    public async Task Without_a_last_reply_a_service_that_hangs_is_given_up()
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = app.PageAsync("/video");
        await Eventually.HoldsAsync(
            () =>
            {
                app.Clock.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            },
            "the page",
            Cancel
        );
        using var page = await waiting;
        Assert.Single(page.QuerySelectorAll(".notice"));
        app.Services.Hanging.SetResult();
    }

    [Fact]
    public async Task Visitors_who_leave_at_any_moment_harm_nobody()
    {
        await using var app = await PortalApp.StartAsync(
            "--Edge:ReceiptMissesPerMinute=0",
            "--Edge:FeedbackPerMinute=0"
        );
        var random = new Random(7);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 3_000),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (i, cancel) =>
            {
                int microseconds;
                lock (random)
                {
                    microseconds = random.Next(3_000);
                }
                using var leaves = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                leaves.CancelAfter(TimeSpan.FromMicroseconds(microseconds));
                try
                {
                    using var reply = await app.GetAsync($"/theo-doi?receipt=AAAA-{i}", leaves.Token);
                }
                catch (OperationCanceledException)
                {
                    // As wanted.
                }
            }
        );
        // Whoever stays is answered, by the same process.
        using var page = await app.PageAsync("/");
        Assert.Empty(page.QuerySelectorAll(".notice"));
    }
}
