using System.Net.Http.Json;
using System.Text.Json;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>A replica that ends, or is dead, is left out at once and not when a probe has found out.</summary>
public sealed class DrainTests
{
    private const string Traffic = "/api/sites/sonla/traffic",
        Views = "/api/sites/sonla/views";
    private const int Requests = 100;

    // One probe at the start, and none while the test runs.
    private const string NoProbes = "--ReverseProxy:Clusters:counting:HealthCheck:Active:Interval=00:30:00";

    [Theory]
    [InlineData("GET", Traffic)]
    [InlineData("POST", Views)]
    public async Task One_that_ends_says_so_with_its_next_reply(string method, string path)
    {
        await using var backend = await Backend.StartAsync();
        await using var ending = await Backend.StartAsync("--Shutdown:DrainTime=00:00:20");
        await using var gateway = await GatewayProcess.StartAsync(backend, [.. ending.Destination(2), NoProbes]);
        await BothAnswerAsync(gateway);

        var before = ending.Reached;
        _ = ending.App.StopAsync();
        await Testing.Eventually.HoldsAsync(
            async () =>
            {
                using var probe = await gateway.Client.GetAsync(
                    ending.App.At(Door.Probe, "/health/ready"),
                    TestContext.Current.CancellationToken
                );
                return (int)probe.StatusCode == 503;
            },
            "it ends",
            TestContext.Current.CancellationToken
        );
        for (var i = 0; i < Requests; i++)
        {
            using var reply = await gateway.SendAsync(
                new(method),
                path,
                method is "POST" ? new StringContent("{}") : null
            );
            Assert.Equal(200, (int)reply.StatusCode);
            Assert.Null(reply.Header(GatewayHeaders.Draining));
        }

        Assert.Equal(before + 1, ending.Reached);
        Assert.Equal("failing", await ReplicaAsync(gateway, "counting/r2"));
    }

    [Theory]
    [InlineData("GET", Traffic)]
    [InlineData("POST", Views)]
    public async Task One_that_is_dead_is_found_out_by_the_first_request(string method, string path)
    {
        await using var backend = await Backend.StartAsync();
        await using var dead = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend, [.. dead.Destination(2), NoProbes]);
        await BothAnswerAsync(gateway);
        await dead.App.DisposeAsync();
        for (var i = 0; i < Requests; i++)
        {
            using var reply = await gateway.SendAsync(
                new(method),
                path,
                method is "POST" ? new StringContent("{}") : null
            );
            Assert.Equal(200, (int)reply.StatusCode);
        }

        Assert.Equal("failing", await ReplicaAsync(gateway, "counting/r2"));
    }

    [Fact]
    public async Task Where_all_end_all_are_used()
    {
        await using var ending = await Backend.StartAsync("--Shutdown:DrainTime=00:00:20");
        await using var gateway = await GatewayProcess.StartAsync(ending);
        _ = ending.App.StopAsync();
        for (var i = 0; i < Requests; i++)
        {
            using var reply = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
            Assert.Equal(200, (int)reply.StatusCode);
        }

        Assert.Equal(Requests, ending.Reached);
    }

    private static async Task BothAnswerAsync(GatewayProcess gateway)
    {
        foreach (var replica in new[] { "counting/r1", "counting/r2" })
        {
            await Testing.Eventually.HoldsAsync(
                async () => await ReplicaAsync(gateway, replica) is "answering",
                replica,
                TestContext.Current.CancellationToken
            );
        }
    }

    private static async Task<string?> ReplicaAsync(GatewayProcess gateway, string name)
    {
        using var reply = await gateway.Client.GetAsync(
            gateway.At("/health/ready", "Operators"),
            TestContext.Current.CancellationToken
        );
        var health = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return health.GetProperty("checks").GetProperty("services").GetProperty("data").GetProperty(name).GetString();
    }
}
