using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PortalServices.ServiceDefaults.Shutdown;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Hosting;

public sealed class DrainTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_that_was_asked_to_end_is_not_ready_and_goes_on_answering()
    {
        await using var app = await StartAsync("--Shutdown:DrainTime=00:00:20");
        _ = app.StopAsync();
        using var ready = await app.GetAsync(Door.Probe, "/health/ready");
        var health = await ready.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "draining"),
            (ready.StatusCode, health.GetProperty("status").GetString())
        );

        // Whoever chooses among replicas learns it from the reply; a client does not, and opens its next connection
        // elsewhere.
        using var inside = await app.GetAsync(Door.Internal, "/fails");
        using var open = await app.GetAsync(Door.Public, "/here");
        Assert.Equal((true, true, false), (HasMark(ready), HasMark(inside), HasMark(open)));
        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.OK), (inside.StatusCode, open.StatusCode));
        Assert.Equal(
            (true, true, null),
            (ready.Headers.ConnectionClose, open.Headers.ConnectionClose, inside.Headers.ConnectionClose)
        );
    }

    [Fact]
    public async Task One_that_nothing_is_in_front_of_ends_when_its_clients_are_answered()
    {
        await using var app = await StartAsync();
        var tally = app.Services.GetRequiredService<RequestTally>();
        using (var before = await app.GetAsync(Door.Public, "/here"))
        {
            Assert.NotEqual(true, before.Headers.ConnectionClose);
        }
        var held = app.GetAsync(Door.Public, "/held");
        await Eventually.HoldsAsync(() => tally.Read == 2, "it is read", Cancel);
        var ending = app.StopAsync();
        Assert.False(ending.IsCompleted);
        app.Services.GetRequiredService<Held>().Release();
        using var reply = await held;
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        await ending;
        Assert.Equal((2, 2, 0), (tally.Read, tally.Answered, tally.BrokenOff));
    }

    [Fact]
    public async Task One_that_may_not_go_on_does_not_drain()
    {
        // By a clock that stands still it would drain for ever.
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider()),
            _ => { },
            "--Shutdown:DrainTime=00:00:20"
        );
        app.Services.GetRequiredService<FatalStop>().Stop("wrong");
        await app.StopAsync();
    }

    private static Task<TestApp> StartAsync(params string[] settings) =>
        TestApp.StartAsync(
            builder => builder.Services.AddSingleton<Held>(),
            app =>
            {
                app.MapGet("/here", () => "here");
                app.MapGet(
                    "/held",
                    async (Held held) =>
                    {
                        await held.Released;
                        return "held";
                    }
                );
                app.MapGet("/fails", string () => throw new InvalidOperationException("It fails."));
            },
            settings
        );

    private static bool HasMark(HttpResponseMessage reply) => reply.Headers.Contains(GatewayHeaders.Draining);

    private sealed class Held
    {
        private readonly TaskCompletionSource _released = new();

        public Task Released => _released.Task;

        public void Release() => _released.SetResult();
    }
}
