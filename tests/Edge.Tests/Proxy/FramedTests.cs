using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>Views travel to their service in frames, and nobody but the service can tell.</summary>
public sealed class FramedTests(FramedTests.Gateway shared) : IClassFixture<FramedTests.Gateway>
{
    private const string Views = "/api/sites/sonla/views";
    private const int Callers = 100;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_of_those_that_come_at_the_same_time_has_its_own_answer()
    {
        var (gateway, backend) = await TakeConnectedAsync();
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

        Assert.Equal((Callers, Callers), (backend.Reached, backend.Framed));
    }

    [Fact]
    public async Task Who_gives_up_takes_nobody_else_along()
    {
        var (gateway, backend) = await TakeConnectedAsync();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        // Every other one waits for ever.
        var waiting = await AtOnceAsync(
            gateway,
            caller =>
                caller % 2 == 0
                    ? gateway.Client.PostAsync(gateway.At($"{Views}?hold"), new StringContent("{}"), given.Token)
                    : gateway.SendAsync(HttpMethod.Post, $"{Views}?hold", new StringContent("{}"))
        );
        await Eventually.HoldsAsync(() => backend.Reached == Callers, "all arrive", Cancel);
        Assert.Equal(Callers, backend.Framed);
        await given.CancelAsync();
        for (var caller = 0; caller < Callers; caller += 2)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[caller]);
        }
        await Eventually.HoldsAsync(() => backend.Abandoned == Callers / 2, "the service is told", Cancel);
        for (var caller = 1; caller < Callers; caller += 2)
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
    public async Task A_service_that_goes_away_fails_all_that_wait_for_it_with_the_same_problem()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        await ConnectAsync(gateway, backend);
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
    public async Task Past_the_bound_they_are_refused_for_a_second()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend, "--Frames:MaxInFlight=4");
        await ConnectAsync(gateway, backend);
        var waiting = new List<Task<HttpResponseMessage>>();
        for (var view = 1; view <= 4; view++)
        {
            waiting.Add(gateway.SendAsync(HttpMethod.Post, $"{Views}?hold", new StringContent("{}")));
        }
        await Eventually.HoldsAsync(() => backend.Framed == 4, "they arrive", Cancel);
        using (var refused = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}")))
        {
            Assert.Equal((503, "service_unavailable"), await refused.OutcomeAsync());
            Assert.Equal(1, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
        }
        for (var view = 0; view < 4; view++)
        {
            backend.Release();
        }
        foreach (var each in waiting)
        {
            using var reply = await each;
            Assert.Equal(200, (int)reply.StatusCode);
        }
        using var next = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
        Assert.Equal((200, 5), ((int)next.StatusCode, backend.Framed));
    }

    [Theory]
    [InlineData(32 * 1024, 1)]
    [InlineData((32 * 1024) + 1, 0)]
    public async Task A_large_body_goes_by_itself(int bytes, int framed)
    {
        var (gateway, backend) = await TakeConnectedAsync();
        var body = new string('x', bytes);
        using var reply = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent(body));
        Assert.Equal(body, (await reply.SeenAsync()).Body);
        Assert.Equal(framed, backend.Framed);
    }

    [Fact]
    public async Task Frames_are_the_routes_choice()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            "--ReverseProxy:Routes:views:Metadata:Framed="
        );
        using var view = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
        using var query = await gateway.SendAsync(
            HttpMethod.Post,
            "/api/sites/sonla/pages/query",
            new StringContent("{}")
        );
        Assert.Equal("{}", (await view.SeenAsync()).Body);
        Assert.Equal("{}", (await query.SeenAsync()).Body);
        Assert.Equal(0, backend.Framed);
    }

    [Fact]
    public async Task A_problem_comes_through_whole()
    {
        var (gateway, backend) = await TakeConnectedAsync();
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
        Assert.Equal(1, backend.Framed);
    }

    [Fact]
    public async Task A_service_that_takes_no_frames_has_them_one_by_one()
    {
        await using var backend = await Backend.StartAsync("--Gateway:Addresses:0=192.0.2.0/24");
        await using var gateway = await GatewayProcess.StartAsync(backend);
        for (var view = 0; view < 10; view++)
        {
            using var reply = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
            Assert.Equal("{}", (await reply.SeenAsync()).Body);
        }
        await Eventually.HoldsAsync(
            () => gateway.Host.Lines.Any(line => line.Contains("proxied one by one", StringComparison.Ordinal)),
            "it says so",
            Cancel
        );
        Assert.Equal((10, 0), (backend.Reached, backend.Framed));
    }

    [Fact]
    public async Task One_that_is_proxied_all_the_same_has_no_more_time_than_others()
    {
        await using var backend = await Backend.StartAsync("--Gateway:Addresses:0=192.0.2.0/24");
        // Long before the proxy's own ten seconds.
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            "--Edge:RequestTimeout=00:00:01",
            "--ReverseProxy:Clusters:counting:HttpRequest:ActivityTimeout=00:10:00"
        );
        using var reply = await gateway.SendAsync(HttpMethod.Post, $"{Views}?hold", new StringContent("{}"));
        Assert.Equal(504, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Headers_that_the_route_does_not_name_stay_behind()
    {
        var (gateway, backend) = await TakeConnectedAsync();
        using var reply = await gateway.SendAsync(
            HttpMethod.Post,
            Views,
            new StringContent("{}"),
            null,
            ("X-Large", new string('x', 15_000)),
            ("User-Agent", "Browser"),
            ("DNT", "1")
        );
        var seen = await reply.SeenAsync();
        Assert.Equal(("Browser", "1", 1), (seen.Headers["User-Agent"], seen.Headers["DNT"], backend.Framed));
        Assert.DoesNotContain("X-Large", seen.Headers.Keys);
    }

    [Fact]
    public async Task What_the_client_said_of_itself_is_not_believed()
    {
        var (gateway, _) = await TakeConnectedAsync();
        using var reply = await gateway.SendAsync(
            HttpMethod.Post,
            Views,
            new StringContent("{}"),
            null,
            ("X-Forwarded-For", "203.0.113.9"),
            ("X-Portal-Waited", "5000")
        );
        var seen = await reply.SeenAsync();
        Assert.Equal("127.0.0.1", seen.Client);
        Assert.InRange(
            seen.Headers.GetValueOrDefault("X-Portal-Waited") is { } waited
                ? int.Parse(waited, System.Globalization.CultureInfo.InvariantCulture)
                : 0,
            0,
            4_999
        );
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

    private async Task<(GatewayProcess Gateway, Backend Backend)> TakeConnectedAsync()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        await ConnectAsync(gateway, backend);
        return (gateway, backend);
    }

    // The first view does not wait for the connection of those that come after it.
    private static async Task ConnectAsync(GatewayProcess gateway, Backend backend)
    {
        await Eventually.HoldsAsync(
            async () =>
            {
                using var view = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
                return backend.Framed > 0;
            },
            "there is a connection",
            Cancel
        );
        backend.Forget();
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

    public sealed class Gateway() : SharedGateway(1, all => GatewayProcess.StartAsync(all[0]));
}
