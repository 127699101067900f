using System.Globalization;
using PortalServices.Testing.Portal;

namespace PortalServices.UpgradeFixtures;

/// <summary>
/// Every public and every operators' GET of a site that shows what is kept. The addresses are found by reading the
/// lists. Left out are other forms of the same rows that also write (the export) or draw (print, captcha).
/// </summary>
internal sealed class ReadEverything(PortalClient visitors, PortalClient operators, string key, string site)
{
    private readonly List<RecordedRead> _reads = [];

    private enum Door
    {
        Public,
        Operators,
    }

    /// <summary>Reads all of it.</summary>
    /// <param name="pages">Pages that have views.</param>
    /// <param name="slugs">Slugs of articles, old ones too.</param>
    /// <param name="receipts">Receipts of feedback.</param>
    /// <param name="since">Before the first view.</param>
    /// <param name="until">After the last one.</param>
    public async Task<IReadOnlyList<RecordedRead>> RunAsync(
        IReadOnlyList<string> pages,
        IReadOnlyList<string> slugs,
        IReadOnlyList<string> receipts,
        DateTimeOffset since,
        DateTimeOffset until
    )
    {
        await CountingAsync(pages, since, until);
        await ContentAsync(slugs);
        await FeedbackAsync(receipts);
        foreach (var service in (string[])["content", "counting", "feedback"])
        {
            await AddAsync(Door.Operators, $"/api/operator/dead-letters/{service}");
        }
        return _reads;
    }

    private async Task CountingAsync(IReadOnlyList<string> pages, DateTimeOffset since, DateTimeOffset until)
    {
        await PublicAsync("stats");
        foreach (var page in pages)
        {
            await PublicAsync($"stats?page={Uri.EscapeDataString(page)}");
        }
        await PublicAsync(
            "pages?" + string.Join('&', pages.Take(20).Select(page => $"path={Uri.EscapeDataString(page)}"))
        );
        await PublicAsync("pages/top?period=total&limit=50");
        await PublicAsync($"traffic?step=day&from={Date(since)}&to={Date(until.AddDays(1))}");
        await PublicAsync($"traffic?step=hour&from={Hour(since)}&to={Hour(since.AddDays(50))}");
        await PublicAsync($"traffic?step=minute&from={Hour(until.AddHours(-3))}&to={Hour(until)}");
        await OperatorAsync("audit?pageSize=100");
        await OperatorAsync($"bots?from={since:yyyy-MM-dd}&to={Day(until.AddDays(1))}");
    }

    private async Task ContentAsync(IReadOnlyList<string> slugs)
    {
        var articles = await PublicAsync("articles?pageSize=100");
        foreach (
            var query in (string[])
                [
                    "sort=newest&pageSize=5&page=2",
                    "sort=mostViewed",
                    "q=khuyen+hoc",
                    "q=%22chuy%E1%BB%83n+%C4%91%E1%BB%95i+s%E1%BB%91%22",
                    "category=thong-bao",
                ]
        )
        {
            await PublicAsync($"articles?{query}");
        }
        foreach (var slug in Texts(articles, "slug").Concat(slugs).Distinct())
        {
            await PublicAsync($"articles/{slug}");
        }
        await PublicAsync("categories");
        await PublicAsync("videos");
        foreach (var slug in Texts(await PublicAsync("lookups"), "slug"))
        {
            await PublicAsync($"lookups/{slug}?pageSize=100");
            await PublicAsync($"lookups/{slug}?q=2026");
            await OperatorAsync($"lookups/{slug}");
        }

        foreach (var id in Texts(await OperatorAsync("articles?pageSize=100"), "id"))
        {
            await OperatorAsync($"articles/{id}");
        }
        foreach (var state in (string[])["draft", "scheduled", "published", "withdrawn"])
        {
            await OperatorAsync($"articles?state={state}&pageSize=100");
        }
        await OperatorAsync("categories");
        await OperatorAsync("lookups");
        foreach (var id in Texts(await OperatorAsync("videos"), "id"))
        {
            await OperatorAsync($"videos/{id}");
        }
        foreach (var feed in (string[])["feed.atom", "feed.rss", "sitemap.xml"])
        {
            await PublicAsync(feed);
        }
    }

    private async Task FeedbackAsync(IReadOnlyList<string> receipts)
    {
        await PublicAsync("feedback?pageSize=100");
        foreach (var receipt in receipts)
        {
            await PublicAsync($"feedback/{receipt}");
        }
        foreach (var id in Texts(await OperatorAsync("feedback?pageSize=100"), "id"))
        {
            await OperatorAsync($"feedback/{id}");
            await OperatorAsync($"feedback/{id}/steps");
            await OperatorAsync($"feedback/{id}/mails");
        }

        foreach (var status in (string[])["received", "inProgress", "answered", "published", "declined", "spam"])
        {
            await OperatorAsync($"feedback?status={status}");
        }
        await OperatorAsync("feedback?q=hoc+phi");
        await OperatorAsync("feedback/audit?pageSize=100");
    }

    private Task<Reply> PublicAsync(string path) => AddAsync(Door.Public, $"/api/sites/{site}/{path}");

    private Task<Reply> OperatorAsync(string path) => AddAsync(Door.Operators, $"/api/operator/sites/{site}/{path}");

    private async Task<Reply> AddAsync(Door door, string path)
    {
        var reply = await (
            door == Door.Operators
                ? operators.GetAsync(path, CancellationToken.None, ("Authorization", $"Bearer {key}"))
                : visitors.GetAsync(path, CancellationToken.None)
        );
        if ((int)reply.Status is not (200 or 301 or 404))
        {
            throw new InvalidOperationException($"{path}: {reply}");
        }
        _reads.Add(
            new RecordedRead(
                door == Door.Operators,
                path,
                (int)reply.Status,
                reply.MediaType,
                reply.Header("Location"),
                reply.Body
            )
        );
        return reply;
    }

    private static IEnumerable<string> Texts(Reply list, string field) =>
        [.. list.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(field).GetString()!)];

    /// <summary>A date by the site's clock.</summary>
    private static string Day(DateTimeOffset at) =>
        at.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Date(DateTimeOffset at) => $"{Day(at)}T00:00:00%2B07:00";

    private static string Hour(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:00:00'Z'", CultureInfo.InvariantCulture);
}
