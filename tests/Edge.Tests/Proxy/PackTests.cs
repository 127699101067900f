using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.ServiceDefaults.Packs;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>Views travel to their service in packs, and nobody but the service can tell.</summary>
public sealed class PackTests(PackTests.Gateway shared) : IClassFixture<PackTests.Gateway>
{
    private const string Views = "/api/sites/sonla/views";
    private const int Callers = 100;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_at_the_same_time_travels_together_and_each_has_its_own_answer()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        var waiting = await AtOnceAsync(
            gateway,
            caller =>
                gateway.SendAsync(
                    HttpMethod.Post,
                    $"{Views}?caller={caller}",
                    new StringContent($"body of {caller}"),
                    null,
                    ("User-Agent", $"Browser {caller}")
                )
        );
        for (var caller = 0; caller < Callers; caller++)
        {
            using var reply = await waiting[caller];
            var seen = await reply.SeenAsync();
            Assert.Equal(
                ($"{Views}?caller={caller}", $"body of {caller}", $"Browser {caller}"),
                (seen.Target, seen.Body, seen.Headers["User-Agent"])
            );
        }

        Assert.Equal(Callers, backend.Reached);
        Assert.InRange(backend.Packs, 1, Callers / 2);
    }

    [Fact]
    public async Task Who_gives_up_takes_nobody_else_along()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        // The first of them wait for ever; they share packs with the others.
        var waiting = await AtOnceAsync(
            gateway,
            caller =>
                caller % 2 == 0
                    ? gateway.Client.PostAsync(gateway.At($"{Views}?hold"), new StringContent("{}"), given.Token)
                    : gateway.SendAsync(HttpMethod.Post, $"{Views}?hold", new StringContent("{}"))
        );
        await Eventually.HoldsAsync(() => backend.Reached == Callers, "all arrive", Cancel);
        Assert.InRange(backend.Packs, 1, Callers / 2);
        await given.CancelAsync();
        for (var caller = 0; caller < Callers; caller += 2)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[caller]);
        }
        for (var caller = 0; caller < Callers; caller++)
        {
            backend.Release();
        }
        for (var caller = 1; caller < Callers; caller += 2)
        {
            using var reply = await waiting[caller];
            Assert.Equal(200, (int)reply.StatusCode);
        }
    }

    [Fact]
    public async Task A_service_that_goes_away_fails_all_of_a_pack_with_the_same_problem()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        var waiting = await AtOnceAsync(
            gateway,
            _ => gateway.SendAsync(HttpMethod.Post, $"{Views}?hold", new StringContent("{}"))
        );
        await Eventually.HoldsAsync(() => backend.Reached == Callers, "all arrive", Cancel);
        using (var last = await gateway.SendAsync(HttpMethod.Post, $"{Views}?die", new StringContent("{}")))
        {
            Assert.Equal((503, "service_unavailable"), await last.OutcomeAsync());
        }
        foreach (var each in waiting)
        {
            using var reply = await each;
            Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
            Assert.Equal(1, reply.Headers.RetryAfter?.Delta?.TotalSeconds);
        }
    }

    [Fact]
    public async Task Past_the_bound_they_go_by_themselves()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend, "--Packs:MaxInFlight=4");
        var waiting = new List<Task<HttpResponseMessage>>();
        for (var view = 1; view <= 6; view++)
        {
            waiting.Add(gateway.SendAsync(HttpMethod.Post, $"{Views}?hold", new StringContent("{}")));
            await Eventually.HoldsAsync(() => backend.Reached == view, "it arrives", Cancel);
            Assert.Equal(Math.Min(view, 4), backend.Packs);
        }

        for (var view = 0; view < 6; view++)
        {
            backend.Release();
        }
        foreach (var each in waiting)
        {
            using var reply = await each;
            Assert.Equal(200, (int)reply.StatusCode);
        }
    }

    [Theory]
    [InlineData(32 * 1024, 1)]
    [InlineData((32 * 1024) + 1, 0)]
    public async Task A_large_body_goes_by_itself(int bytes, int packs)
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        var body = new string('x', bytes);
        using var reply = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent(body));
        Assert.Equal(body, (await reply.SeenAsync()).Body);
        Assert.Equal(packs, backend.Packs);
    }

    [Fact]
    public async Task Packs_are_the_routes_choice()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            "--ReverseProxy:Routes:views:Metadata:Packed=false"
        );
        using var view = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
        using var query = await gateway.SendAsync(
            HttpMethod.Post,
            "/api/sites/sonla/pages/query",
            new StringContent("{}")
        );
        Assert.Equal("{}", (await view.SeenAsync()).Body);
        Assert.Equal("{}", (await query.SeenAsync()).Body);
        Assert.Equal(0, backend.Packs);
    }

    [Fact]
    public async Task A_packed_problem_comes_through_whole()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        using var reply = await gateway.SendAsync(
            HttpMethod.Post,
            Views + "?missing",
            new StringContent("{}"),
            null,
            ("Accept-Language", "en"),
            ("Origin", "https://portal.example"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        );
        Assert.Contains(
            "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"",
            await reply.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
        Assert.Equal((404, "unknown_site"), await reply.OutcomeAsync());
        Assert.Equal(
            ("en", "Accept-Language, Origin", "https://portal.example"),
            (reply.Header("Content-Language"), reply.Header("Vary"), reply.Header("Access-Control-Allow-Origin"))
        );
        Assert.Equal(1, backend.Packs);
    }

    [Theory]
    [InlineData(404, "")]
    [InlineData(200, "not a pack")]
    [InlineData(200, "\0\0\0\u0001\0\0\0\0")]
    public async Task A_service_that_answers_otherwise_is_a_service_that_is_away(int status, string text)
    {
        await using var backend = await Backend.StartAsync();
        await using var other = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<IStartupFilter>(new Impostor(status, text)),
            _ => { }
        );
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            $"--ReverseProxy:Clusters:counting:Destinations:r1:Address={other.At(Door.Internal)}"
        );
        using var reply = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
        Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
    }

    [Fact]
    public async Task Large_heads_make_small_packs()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        var large = new string('x', 15_000);
        foreach (
            var waiting in await AtOnceAsync(
                gateway,
                caller =>
                    gateway.SendAsync(
                        HttpMethod.Post,
                        Views,
                        new StringContent("{}"),
                        null,
                        ("X-Large", large),
                        ("X-Caller", $"{caller}")
                    )
            )
        )
        {
            using var reply = await waiting;
            Assert.Equal(large, (await reply.SeenAsync()).Headers["X-Large"]);
        }
    }

    [Fact]
    public async Task The_replica_with_fewer_views_under_way_has_the_next_one()
    {
        await using var first = await Backend.StartAsync();
        await using var second = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(first, second.Destination(2));
        await Eventually.HoldsAsync(
            async () =>
                (await gateway.Client.GetStringAsync(gateway.At("/health/ready", "Probe"), Cancel))
                    .Split("answering")
                    .Length == 3,
            "both are known",
            Cancel
        );
        var waiting = new List<Task<HttpResponseMessage>>();
        for (var view = 1; view <= 20; view++)
        {
            waiting.Add(gateway.SendAsync(HttpMethod.Post, $"{Views}?hold", new StringContent("{}")));
            await Eventually.HoldsAsync(() => first.Reached + second.Reached == view, "it arrives", Cancel);
            Assert.InRange(first.Reached - second.Reached, -1, 1);
        }

        for (var view = 0; view < 10; view++)
        {
            first.Release();
            second.Release();
        }

        foreach (var each in waiting)
        {
            (await each).Dispose();
        }
    }

    /// <summary>Has the gateway find them all in its sockets at the same time.</summary>
    private static async Task<Task<HttpResponseMessage>[]> AtOnceAsync(
        GatewayProcess gateway,
        Func<int, Task<HttpResponseMessage>> send
    )
    {
        // The connections are there already: a stopped process takes no new ones.
        var replies = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => gateway.GetAsync("/nothing")));
        Array.ForEach(replies, reply => reply.Dispose());
        gateway.Host.Send(Signal.Stop);
        await Eventually.HoldsAsync(() => !ProcessTree.Moves(gateway.Host.Id), "the gateway stands still", Cancel);
        var waiting = Enumerable.Range(0, Callers).Select(send).ToArray();
        await Eventually.HoldsAsync(
            () => UnreadBytes(gateway.At("/").Port) >= Callers * 100,
            "all lie in the sockets",
            Cancel
        );
        gateway.Host.Send(Signal.Continue);
        return waiting;
    }

    // Of the receive queues of a port's connections, as the kernel tells them: "sl local rem st tx:rx ...", all in
    // hexadecimal.
    private static long UnreadBytes(int port) =>
        new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && parts[3] == "01")
            .Sum(parts => Convert.ToInt64(parts[4].Split(':')[1], 16));

    /// <summary>Answers everything with the same, before anything else sees it.</summary>
    private sealed class Impostor(int status, string text) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
                app.Run(context =>
                {
                    context.Response.StatusCode = status;
                    context.Response.ContentType = PackFormat.MediaType;
                    return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();
                });
    }

    public sealed class Gateway() : SharedGateway(1, all => GatewayProcess.StartAsync(all[0]));
}
