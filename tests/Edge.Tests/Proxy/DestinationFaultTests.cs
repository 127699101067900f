using System.Net.Http.Json;
using System.Text.Json;
using PortalServices.Testing.Portal;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>What one request brings about does not count against the replica that it was sent to.</summary>
public sealed class DestinationFaultTests
{
    private const string Traffic = "/api/sites/sonla/traffic",
        Query = "/api/sites/sonla/pages/query";

    // Enough for the policy, which looks at ten seconds and wants ten requests.
    private const int Requests = 30;

    [Theory]
    [InlineData("?hold", 504, "service_timeout")]
    [InlineData("?reset", 503, "service_unavailable")]
    public async Task A_request_that_fails_by_itself_leaves_the_replica_in_use(string what, int status, string code)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            "--ReverseProxy:Clusters:counting:HttpRequest:ActivityTimeout=00:00:02"
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, Requests)
                .Select(async _ =>
                {
                    using var failed = await gateway.GetAsync(Traffic + what);
                    Assert.Equal((status, code), await failed.OutcomeAsync());
                })
        );
        Assert.Equal("answering", await ReplicaAsync(gateway));
        using var reply = await gateway.GetAsync(Traffic);
        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Bodies_that_do_not_come_reach_no_replica()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend, "--Edge:RequestTimeout=00:00:01");
        await Task.WhenAll(
            Enumerable
                .Range(0, Requests)
                .Select(async _ =>
                {
                    var reply = await RawRequest.SendAsync(
                        gateway.At("/"),
                        $"POST {Query} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx",
                        TestContext.Current.CancellationToken
                    );
                    Assert.Equal((408, "request_timeout"), (reply.Status, reply.Code));
                })
        );
        Assert.Equal(0, backend.Reached + backend.Abandoned);
        Assert.Equal("answering", await ReplicaAsync(gateway));
    }

    private static async Task<string?> ReplicaAsync(GatewayProcess gateway)
    {
        using var reply = await gateway.Client.GetAsync(
            gateway.At("/health/ready", "Operators"),
            TestContext.Current.CancellationToken
        );
        var health = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return health
            .GetProperty("checks")
            .GetProperty("services")
            .GetProperty("data")
            .GetProperty("counting/r1")
            .GetString();
    }
}
