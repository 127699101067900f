namespace PortalServices.Portal.Tests;

/// <summary>What pages say of views.</summary>
public sealed class ViewsTests
{
    // At 10:00 of 30 November.
    [Fact]
    public async Task Hours_and_days_that_have_not_begun_are_in_no_table()
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync("/thong-ke");
        Assert.Equal(
            ["00:007", "30/117", "30/117"],
            page.QuerySelectorAll("details tbody tr").Select(row => row.TextContent)
        );
        // The time that is left is empty in the chart.
        Assert.Equal(
            ["41.16%", "41.16%", "41.16%"],
            page.QuerySelectorAll(".chart rect").Select(bar => bar.GetAttribute("width"))
        );
    }

    [Fact]
    public async Task A_new_hour_is_in_the_tables_before_anybody_views_a_page()
    {
        await using var app = await PortalApp.StartAsync();
        foreach (var (passed, rendered) in new[] { (0, 1), (20, 1), (60, 2) })
        {
            app.Clock.Advance(TimeSpan.FromMinutes(passed));
            using var page = await app.PageAsync("/thong-ke");
            Assert.Equal(rendered, app.Rendered);
        }
    }

    [Fact]
    public async Task A_chart_without_views_says_so_and_has_no_scale()
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.DayViews = 0;
        using var page = await app.PageAsync("/thong-ke?lang=en");
        var charts = page.QuerySelectorAll(".chart");
        Assert.Equal(3, charts.Length);
        Assert.All(
            charts,
            chart =>
            {
                var texts = chart.QuerySelectorAll("text").Select(text => text.TextContent).ToArray();
                Assert.Contains("No views yet", texts);
                Assert.DoesNotContain("0", texts);
            }
        );
    }

    [Fact]
    public async Task Articles_that_nobody_viewed_are_not_the_most_viewed()
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync("/");
        Assert.Equal(2, page.QuerySelectorAll(".ranked li").Length);
        app.Services.ArticleViews = 0;
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var unread = await app.PageAsync("/");
        Assert.Empty(unread.QuerySelectorAll(".ranked, #xem-nhieu"));
        // What cannot be loaded says so.
        app.Services.Away.Add("articles");
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        using var away = await app.PageAsync("/");
        Assert.NotNull(away.QuerySelector("#xem-nhieu"));
    }
}
