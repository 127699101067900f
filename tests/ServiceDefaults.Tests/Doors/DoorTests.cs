using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace PortalServices.ServiceDefaults.Tests.Doors;

public sealed class DoorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Door.Public)]
    [InlineData(Door.Operators)]
    [InlineData(Door.Internal)]
    public async Task A_request_knows_the_door_it_came_through(Door door)
    {
        await using var app = await TestApp.StartAsync(a =>
            a.MapGet("/", (HttpContext context) => context.Door().ToString())
        );
        using var reply = await app.GetAsync(door, "/");
        Assert.Equal(door.ToString(), await reply.Content.ReadAsStringAsync(Cancel));
        Assert.False(reply.Headers.Contains("Server"));
    }

    [Fact]
    public async Task The_probe_door_has_nothing_but_health_and_metrics()
    {
        await using var app = await TestApp.StartAsync(a => a.MapGet("/{**path}", (string? path) => path ?? "root"));
        foreach (
            var (path, status) in new[]
            {
                ("/", 404),
                ("/api/sites/sonla/stats", 404),
                ("/health/live", 200),
                ("/metrics", 200),
            }
        )
        {
            using var reply = await app.GetAsync(Door.Probe, path);
            Assert.Equal((path, status), (path, (int)reply.StatusCode));
        }
    }

    [Fact]
    public async Task Every_address_of_the_longest_kind_is_read()
    {
        await using var app = await TestApp.StartAsync(a =>
            a.MapGet("/pages", (HttpContext context) => context.Request.Query["path"].Count)
        );
        var page = string.Concat(Enumerable.Repeat("%E1", 512));
        var path = "/pages?" + string.Join('&', Enumerable.Repeat($"path={page}", 20));
        foreach (var door in new[] { Door.Public, Door.Internal })
        {
            using var reply = await app.GetAsync(door, path);
            Assert.Equal((HttpStatusCode.OK, "20"), (reply.StatusCode, await reply.Content.ReadAsStringAsync(Cancel)));
        }
    }

    [Theory]
    [InlineData("Kestrel:Endpoints:Front:Url", "http://localhost:1", "Kestrel:Endpoints:Front: not a door")]
    [InlineData("Kestrel:Endpoints:0:Url", "http://localhost:1", "Kestrel:Endpoints:0: not a door")]
    [InlineData("Kestrel:Endpoints:Public:Url", "localhost", "Kestrel:Endpoints:Public:Url: 'localhost'")]
    [InlineData("Kestrel:Endpoints:Public:Protocols", "Http1", "Kestrel:Endpoints:Public:Url: ''")]
    [InlineData("Other", "", "Kestrel:Endpoints: at least one door")]
    public void A_wrong_door_is_named(string key, string value, string expected)
    {
        var doors = new DoorList(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build());
        Assert.StartsWith(expected, Assert.Single(doors.FindMistakes()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://*:8082", "http://localhost:8082/")]
    [InlineData("http://0.0.0.0:8082", "http://localhost:8082/")]
    [InlineData("http://[::]:8082", "http://localhost:8082/")]
    [InlineData("http://127.0.0.1:8082", "http://127.0.0.1:8082/")]
    public void A_door_on_all_addresses_can_be_asked_on_this_machine(string url, string expected)
    {
        var doors = new DoorList(
            new ConfigurationBuilder().AddInMemoryCollection([new("Kestrel:Endpoints:Probe:Url", url)]).Build()
        );
        Assert.Equal(expected, doors.Address(Door.Probe)?.ToString());
        Assert.Null(doors.Address(Door.Public));
    }
}
