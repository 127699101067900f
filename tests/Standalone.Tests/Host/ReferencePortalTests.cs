using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>What a fresh installation shows: the seeds that come with the program.</summary>
public sealed class ReferencePortalTests
{
    private const string Site = "sonla";
    private const string Article = "/articles/day-manh-chuyen-doi-so-trong-cai-cach-hanh-chinh-tinh-son-la";
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_start_shows_the_numbers_that_were_carried_over_and_restarts_keep_them()
    {
        using var folder = new TemporaryDirectory();
        var first = await StartOnOneDayAsync(folder);
        Assert.Equal(new Periods(31_315, 96_101, 18_481_240), first.Views);
        Assert.Equal(new PageViews(Article, new Periods(0, 0, 477)), first.Page);

        for (var restart = 0; restart < 2; restart++)
        {
            await using var host = await StartAsync(folder.Path);
            using var door = new PortalClient(host.Door("Public"));
            var (total, page) = (18_481_240 + restart, 477 + restart);
            var before = (await door.StatsAsync(Site, Cancel, Article)).Stats;
            Assert.Equal((total, page), (before.Views.Total, before.Page!.Views.Total));

            Assert.True((await door.ViewAsync(Site, new ViewCall(Article), Cancel)).Counted);

            if (restart == 0)
            {
                await host.KillAsync();
            }
            else
            {
                Assert.Equal(0, await host.TerminateAsync());
            }
        }
    }

    [Fact]
    public async Task A_first_start_shows_the_articles_videos_and_tables_and_restarts_add_none()
    {
        using var folder = new TemporaryDirectory();
        string? before = null;
        for (var start = 0; start < 2; start++)
        {
            await using var host = await StartAsync(folder.Path);
            using var door = new PortalClient(host.Door("Public"));
            var list = await door.GetAsync($"/api/sites/{Site}/articles?pageSize=100&sort=newest", Cancel);
            Assert.InRange(list.Json.GetProperty("total").GetInt32(), 12, 100);
            var newest = string.Join(
                ' ',
                list.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString())
            );
            Assert.Equal(before ?? newest, newest);
            before = newest;

            // The number that was carried over is the article's, whose slug is made of its title and stands with the
            // number only.
            await Eventually.BecomesAsync(
                async () =>
                    (await door.GetAsync("/api/sites/sonla" + Article, Cancel)).Json.GetProperty("views").GetInt64(),
                views => views == 477,
                "views",
                Cancel
            );
            foreach (var (query, least) in new[] { ("khuyen hoc", 4), ("162-KH/TU", 1), ("Đảng bộ", 1) })
            {
                var found = await door.GetAsync($"/api/sites/{Site}/articles?q={Uri.EscapeDataString(query)}", Cancel);
                Assert.InRange(found.Json.GetProperty("total").GetInt32(), least, 100);
            }

            Assert.Equal(0, await host.TerminateAsync());
        }
    }

    /// <summary>The box right after the first start; once more, should midnight have come between.</summary>
    private static async Task<Stats> StartOnOneDayAsync(TemporaryDirectory folder)
    {
        while (true)
        {
            var day = Today();
            await using (var host = await StartAsync(folder.Path))
            {
                using var door = new PortalClient(host.Door("Public"));
                var stats = (await door.StatsAsync(Site, Cancel, Article)).Stats;
                if (Today() == day)
                {
                    return stats;
                }
            }

            Directory.Delete(folder.File("data"), recursive: true);
        }
    }

    private static DateTime Today() => TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), Zone).Date;

    private static Task<HostProcess> StartAsync(string folder) =>
        HostProcess.StartAsync(
            StandaloneShape.Project,
            [
                "--data",
                Path.Combine(folder, "data"),
                .. new[] { "Public", "Operators", "Probe" }.Select(door =>
                    $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"
                ),
            ]
        );
}
