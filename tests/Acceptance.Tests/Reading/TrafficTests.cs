using System.Globalization;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Reading;

[AlsoOnCluster]
public sealed class TrafficTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Minutes_hours_and_days_tell_the_same_views(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        for (var i = 0; i < 5; i++)
        {
            await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        }
        foreach (var step in new[] { "minute", "hour", "day" })
        {
            var from = step == "minute" ? Hour(-1) : Portal.Midnight(-1);
            var reply = await Eventually.BecomesAsync(
                () =>
                    portal.Public.GetAsync($"/api/sites/{site}/traffic?step={step}&from={from}&to={Hour(25)}", Cancel),
                reply => Items(reply).Sum(Views) == 5,
                $"five views by {step}",
                Cancel
            );
            Assert.Equal(step == "day", Items(reply).All(item => item.TryGetProperty("corrections", out _)));
            Assert.Equal(step != "day", Items(reply).All(item => !item.TryGetProperty("corrections", out _)));
            Assert.Equal(
                (site, step),
                (reply.Json.GetProperty("site").GetString(), reply.Json.GetProperty("step").GetString())
            );
        }
    }

    [Theory, EveryShape]
    public async Task A_span_is_half_open_and_its_buckets_begin_by_the_sites_clock(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var (first, second, third) = (Portal.Midnight(-9), Portal.Midnight(-8), Portal.Midnight(-7));
        Assert.Equal([first, second], await StartsAsync($"step=day&from={first}&to={third}"));
        Assert.Equal(
            [second],
            await StartsAsync($"step=day&from={first.Replace("Z", ".001Z", StringComparison.Ordinal)}&to={third}")
        );
        Assert.Empty(await StartsAsync($"step=day&from={first}&to={first}"));
        Assert.Equal(2_000, (await StartsAsync("step=day&from=2020-01-01T00:00:00Z&to=2025-06-23T00:00:00Z")).Length);
        // A plus sign that nobody escaped.
        Assert.Equal(
            [first, second],
            await StartsAsync($"step=day&from={first.Replace("Z", "+00:00", StringComparison.Ordinal)}&to={third}")
        );

        async Task<string[]> StartsAsync(string query) =>
            [
                .. Items(await portal.Public.GetAsync($"/api/sites/{site}/traffic?{query}", Cancel))
                    .Select(item => item.GetProperty("start").GetString()!),
            ];
    }

    private static string Hour(int hours)
    {
        var now = Portal.Now;
        return now.Date.AddHours(now.Hour + hours).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private static long Views(JsonElement item) => item.GetProperty("views").GetInt64();

    private static JsonElement[] Items(Reply reply) => [.. reply.Json.GetProperty("items").EnumerateArray()];
}
