using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>
/// A fresh installation with the seeds that come with the program, in a folder with a long path: what it shows at its
/// first start, after a clean stop and after a kill. After each start but the first, one view is counted.
/// </summary>
public sealed class ReferencePortal : IAsyncLifetime
{
    public const string Site = "sonla";
    public const string Article = "/articles/day-manh-chuyen-doi-so-trong-cai-cach-hanh-chinh-tinh-son-la";

    private static readonly string[] Queries = ["khuyen hoc", "162-KH/TU", "Đảng bộ"];
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh");

    private readonly TemporaryDirectory _folder = new();
    private readonly List<Sighting> _starts = [];

    /// <summary>What each start showed.</summary>
    public IReadOnlyList<Sighting> Starts => _starts;

    /// <summary>The folder with everything it keeps.</summary>
    public string Data => _folder.File("tỉnh Sơn La, cổng thông tin điện tử, số liệu đếm lượt truy cập của các trang");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        while (true)
        {
            // The box right after the first start; once more, should midnight have come between.
            var day = Today();
            await using var host = await StartAsync();
            using var door = new PortalClient(host.Door("Public"));
            var stats = (await door.StatsAsync(Site, Cancel, Article)).Stats;
            if (Today() == day)
            {
                _starts.Add(await LookAsync(host, door, stats, stats.Page!.Views.Total));
                Assert.Equal(0, await host.TerminateAsync());
                break;
            }
            await host.KillAsync();
            Directory.Delete(Data, recursive: true);
        }
        for (var restart = 0; restart < 2; restart++)
        {
            await using var host = await StartAsync();
            using var door = new PortalClient(host.Door("Public"));
            var stats = (await door.StatsAsync(Site, Cancel, Article)).Stats;
            _starts.Add(await LookAsync(host, door, stats, stats.Page!.Views.Total));
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

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DateTime Today() => TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), Zone).Date;

    private async Task<Sighting> LookAsync(HostProcess host, PortalClient door, Stats stats, long viewsOfPage)
    {
        var list = await door.GetAsync($"/api/sites/{Site}/articles?pageSize=100&sort=newest", Cancel);
        var slugs = list
            .Json.GetProperty("items")
            .EnumerateArray()
            .Select(item => item.GetProperty("slug").GetString()!)
            .ToArray();
        // The number that was carried over is the article's, whose slug is made of its title and stands with the number
        // only.
        await Eventually.BecomesAsync(
            async () =>
                (await door.GetAsync($"/api/sites/{Site}{Article}", Cancel)).Json.GetProperty("views").GetInt64(),
            views => views == viewsOfPage,
            "views",
            Cancel
        );
        var found = new Dictionary<string, int>();
        foreach (var query in Queries)
        {
            var page = await door.GetAsync($"/api/sites/{Site}/articles?q={Uri.EscapeDataString(query)}", Cancel);
            found[query] = page.Json.GetProperty("total").GetInt32();
        }
        return new Sighting(
            stats,
            list.Json.GetProperty("total").GetInt32(),
            slugs,
            found,
            host.Tail(),
            await File.ReadAllTextAsync(KeyFile, Cancel),
            await File.ReadAllTextAsync(SecretFile, Cancel)
        );
    }

    /// <summary>The file with the administrator's key.</summary>
    public string KeyFile => Path.Combine(Data, "operator.key");

    /// <summary>The file with what visitors' identities are made with.</summary>
    public string SecretFile => Path.Combine(Data, "secrets", "visitor-secret");

    private Task<HostProcess> StartAsync() =>
        HostProcess.StartAsync(StandaloneShape.Project, ["--data", Data, .. FreeDoors.Arguments]);

    /// <summary>What a start showed.</summary>
    /// <param name="Stats">The box, of the article.</param>
    /// <param name="Articles">How many articles there are.</param>
    /// <param name="Slugs">The articles, the newest first.</param>
    /// <param name="Found">How many articles a query finds.</param>
    /// <param name="Tail">What it wrote.</param>
    /// <param name="Key">The administrator's key.</param>
    /// <param name="Secret">What visitors' identities are made with.</param>
    public sealed record Sighting(
        Stats Stats,
        int Articles,
        IReadOnlyList<string> Slugs,
        IReadOnlyDictionary<string, int> Found,
        string Tail,
        string Key,
        string Secret
    );
}
