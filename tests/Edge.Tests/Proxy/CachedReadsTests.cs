using PortalServices.Testing;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>The box as readers see it through the gateway, before a service that comes and goes.</summary>
public sealed class CachedReadsTests
{
    private const string Stats = "/api/sites/sonla/stats";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readers_at_the_same_time_reach_the_service_together_and_without_what_they_are()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var leaving = gateway.Client.GetAsync(gateway.At($"{Stats}?page=/hold"), left.Token);
        await Eventually.HoldsAsync(() => backend.Reached == 1, "the first one asks", Cancel);
        var waiting = Enumerable
            .Range(0, 50)
            .Select(reader => gateway.GetAsync($"{Stats}?page=/hold&_={reader}", ("User-Agent", "Browser")))
            .ToArray();
        // These are not held up by it.
        using (var quick = await gateway.GetAsync($"{Stats}?page=/quick"))
        {
            Assert.Equal($"{Stats}?page=%2Fquick", (await quick.SeenAsync()).Target);
        }
        Assert.All(waiting, reader => Assert.False(reader.IsCompleted));
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        // One for those that are there in time. The machine may have kept others back.
        for (var held = 0; held <= waiting.Length; held++)
        {
            backend.Release();
        }
        foreach (var each in waiting)
        {
            using var reply = await each;
            var seen = await reply.SeenAsync();
            Assert.Equal(
                ("GET", $"{Stats}?page=%2Fhold", false),
                (seen.Method, seen.Target, seen.Headers.ContainsKey("User-Agent"))
            );
        }
        Assert.InRange(backend.Reached, 2, 10);
    }

    [Fact]
    public async Task With_the_service_away_the_last_numbers_go_on_and_say_so()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        using (var first = await gateway.GetAsync(Stats))
        {
            Assert.Equal(("\"1\"", false), (first.Header("ETag"), await IsStaleAsync(first)));
        }
        backend.Dies = true;
        await BecomesAsync(gateway, isStale: true);
        using (var held = await gateway.GetAsync(Stats, ("If-None-Match", "\"1\"")))
        {
            Assert.Equal(("\"stale.1\"", true), (held.Header("ETag"), await IsStaleAsync(held)));
        }
        using (var same = await gateway.GetAsync(Stats, ("If-None-Match", "\"stale.1\"")))
        {
            Assert.Equal(304, (int)same.StatusCode);
        }
        // Of this page there are no last numbers.
        using (var other = await gateway.GetAsync($"{Stats}?page=/other"))
        {
            Assert.Equal((503, "service_unavailable"), await other.OutcomeAsync());
        }
        backend.Dies = false;
        await BecomesAsync(gateway, isStale: false);
        await backend.App.StopAsync();
        await BecomesAsync(gateway, isStale: true);
    }

    [Fact]
    public async Task What_is_cached_is_the_routes_choice_and_counted()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            "--ReverseProxy:Routes:stats:Metadata:Cached=",
            "--ReverseProxy:Routes:pages-top:Metadata:Cached=period, limit"
        );
        for (var read = 1; read <= 3; read++)
        {
            using var reply = await gateway.GetAsync(Stats);
            Assert.Equal((read, null), (backend.Reached, reply.Header("Age")));
        }
        using var top = await gateway.GetAsync("/api/sites/sonla/pages/top?LIMIT=5&x=1&period=today");
        Assert.Equal("/api/sites/sonla/pages/top?limit=5&period=today", (await top.SeenAsync()).Target);
        Assert.Equal("0", top.Header("Age"));
        var metrics = await gateway.Client.GetStringAsync(gateway.At("/metrics", "Probe"), Cancel);
        Assert.Contains(
            "portal_edge_cached_reads_total{outcome=\"asked\"} 1",
            metrics.Replace("otel_scope_name=\"PortalServices.Edge\",", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    private static Task BecomesAsync(GatewayProcess gateway, bool isStale) =>
        Eventually.HoldsAsync(
            async () =>
            {
                using var reply = await gateway.GetAsync(Stats);
                return (int)reply.StatusCode == 200 && await IsStaleAsync(reply) == isStale;
            },
            isStale ? "the numbers are marked" : "the numbers are current",
            Cancel
        );

    private static async Task<bool> IsStaleAsync(HttpResponseMessage reply) =>
        (await reply.Content.ReadAsStringAsync(Cancel)).Contains("\"stale\":true", StringComparison.Ordinal);
}
