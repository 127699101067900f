using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PortalServices.ServiceDefaults.Tests.Health;

public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HealthStatus.Healthy, 200, "ready")]
    [InlineData(HealthStatus.Degraded, 200, "ready")]
    [InlineData(HealthStatus.Unhealthy, 503, "notReady")]
    public async Task Ready_means_can_answer(HealthStatus status, int code, string word)
    {
        await using var app = await StartAsync(status);
        foreach (var door in new[] { Door.Probe, Door.Operators, Door.Internal })
        {
            using var reply = await app.GetAsync(door, "/health/ready");
            var body = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            var check = body.GetProperty("checks").GetProperty("part");
            Assert.Equal((code, word), ((int)reply.StatusCode, body.GetProperty("status").GetString()));
            Assert.Equal(
                JsonNamingPolicy.CamelCase.ConvertName(status.ToString()),
                check.GetProperty("status").GetString()
            );
            Assert.Equal(
                ("what it says", 7),
                (
                    check.GetProperty("description").GetString(),
                    check.GetProperty("data").GetProperty("waiting").GetInt32()
                )
            );
        }
    }

    [Fact]
    public async Task Live_asks_nobody()
    {
        await using var app = await StartAsync(HealthStatus.Unhealthy);
        using var reply = await app.GetAsync(Door.Probe, "/health/live");
        Assert.Equal(
            (HttpStatusCode.OK, """{"status":"live"}"""),
            (reply.StatusCode, await reply.Content.ReadAsStringAsync(Cancel))
        );
    }

    [Fact]
    public async Task Health_is_not_at_the_public_door()
    {
        await using var app = await StartAsync(HealthStatus.Healthy);
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var reply = await app.GetAsync(Door.Public, path);
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        }
    }

    private static Task<TestApp> StartAsync(HealthStatus status) =>
        TestApp.StartAsync(
            builder =>
                builder
                    .Services.AddHealthChecks()
                    .AddCheck(
                        "part",
                        () =>
                            new HealthCheckResult(
                                status,
                                "what it says",
                                data: new Dictionary<string, object> { ["waiting"] = 7 }
                            )
                    ),
            _ => { }
        );
}
