using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Store;
using PortalServices.Testing.Storm;
using StackExchange.Redis;

namespace PortalServices.Crash.Tests.Fixtures;

/// <summary>
/// A storm and its audit must see a counter that lies. This one answers as told and keeps in the store what it is told
/// to keep.
/// </summary>
public sealed class StormAuditTests
{
    private const int Views = 200;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_honest_counter_is_not_blamed() =>
        Assert.Empty(await AuditAsync(answerDuplicates: true, (_, count) => count));

    [Fact]
    public async Task A_view_that_two_answers_call_counted_is_seen() =>
        Assert.Contains(
            await AuditAsync(answerDuplicates: false, (_, count) => count),
            what => what.Contains("two answers", StringComparison.Ordinal)
        );

    [Fact]
    public async Task A_lost_view_is_seen() =>
        Assert.Contains(
            await AuditAsync(answerDuplicates: true, (page, count) => page == "/own/0" ? 0 : count),
            what => what.Contains("/own/0: 1 acknowledged, 0 counted", StringComparison.Ordinal)
        );

    [Fact]
    public async Task A_doubled_view_is_seen() =>
        Assert.Contains(
            await AuditAsync(answerDuplicates: true, (page, count) => page == "/own/0" ? 2 : count),
            what => what.Contains("2 counted, 1 sent", StringComparison.Ordinal)
        );

    [Fact]
    public void Sums_that_differ_are_seen()
    {
        HashEntry[] fields =
        [
            new("v", 3),
            new("n", 9),
            new("m:1", 3),
            new("h:1", 3),
            new("d:1", 2),
            new("w:1", 3),
            new("p:/a", "2 1 2 0 0 1 2 0 0"),
            new("p:*", "1 1 1 0 0 1 1 0 0||"),
        ];
        Assert.Equal(["the sum over days is 2, the total 3 (commit 9)"], Ledger.From(fields).Contradictions());
    }

    private static async Task<IReadOnlyList<string>> AuditAsync(bool answerDuplicates, Func<string, long, long> kept)
    {
        await using var redis = await RedisServer.StartAsync("no");
        await using var store = await redis.ConnectAsync();
        var seen = new ConcurrentDictionary<string, string>();
        await using var counter = await StartAsync((id, page) => seen.TryAdd(id, page) || !answerDuplicates);
        using var door = new PortalClient(new Uri(counter.Urls.Single()));

        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = ["site"],
                Doors = [door],
                Views = Views,
                SentAgain = 1,
            }
        );
        await storm.RunAsync(Cancel);

        var pages = seen
            .Values.GroupBy(page => page)
            .ToDictionary(page => page.Key, page => kept(page.Key, page.Count()));
        var total = pages.Values.Sum();
        await store
            .GetDatabase()
            .HashSetAsync(
                Ledger.Key("site"),
                [
                    new("v", total),
                    new("m:1", total),
                    new("h:1", total),
                    new("d:1", total),
                    new("w:1", total),
                    .. pages.Select(page => new HashEntry($"p:{page.Key}", $"{page.Value} 1 1 0 0 1 1 0 0||")),
                ]
            );
        return await storm.ContradictionsAsync(store);
    }

    private static async Task<WebApplication> StartAsync(Func<string, string, bool> isNew)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            var call = await context.Request.ReadFromJsonAsync<Dictionary<string, object>>(Cancel);
            var counted = isNew($"{call!["view"]}", $"{call["page"]}");
            await context.Response.WriteAsJsonAsync(new { counted, reason = counted ? null : "duplicate" }, Cancel);
        });
        await app.StartAsync(Cancel);
        return app;
    }
}
