using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>What a fresh installation shows: the seeds that come with the program.</summary>
public sealed class ReferencePortalTests
{
    const string Site = "sonla";
    const string Article = "/articles/day-manh-chuyen-doi-so-trong-cai-cach-hanh-chinh-tinh-son-la";
    static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
                await host.KillAsync();
            else
                Assert.Equal(0, await host.TerminateAsync());
        }
    }

    /// <summary>The box right after the first start; once more, should midnight have come between.</summary>
    static async Task<Stats> StartOnOneDayAsync(TemporaryDirectory folder)
    {
        while (true)
        {
            var day = Today();
            await using (var host = await StartAsync(folder.Path))
            {
                using var door = new PortalClient(host.Door("Public"));
                var stats = (await door.StatsAsync(Site, Cancel, Article)).Stats;
                if (Today() == day)
                    return stats;
            }

            Directory.Delete(folder.File("data"), recursive: true);
        }
    }

    static DateTime Today() => TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), Zone).Date;

    static Task<HostProcess> StartAsync(string folder) => HostProcess.StartAsync(StandaloneShape.Project,
        ["--data", Path.Combine(folder, "data"), .. new[] { "Public", "Operators", "Probe" }.Select(door => $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0")]);
}
