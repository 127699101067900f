using System.Globalization;
using System.Net.Sockets;
using System.Text;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Proxy;

public sealed class FailureTests
{
    private const string Traffic = "/api/sites/sonla/traffic",
        Views = "/api/sites/sonla/views",
        Query = "/api/sites/sonla/pages/query";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_is_away_is_a_problem_that_says_when_to_try_again()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        await backend.App.DisposeAsync();
        for (var i = 0; i < 30; i++)
        {
            using var reply = await gateway.SendAsync(
                HttpMethod.Post,
                Views,
                new StringContent("{}"),
                null,
                ("Origin", "https://portal.example")
            );
            Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
            Assert.Equal(1, reply.Headers.RetryAfter?.Delta?.TotalSeconds);
            Assert.Equal("https://portal.example", reply.Header("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_a_problem_and_is_asked_once()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            "--ReverseProxy:Clusters:counting:HttpRequest:ActivityTimeout=00:00:03"
        );
        using var reply = await gateway.SendAsync(HttpMethod.Post, Views + "?hold", new StringContent("{}"));
        Assert.Equal((504, "service_timeout"), await reply.OutcomeAsync());
        await Eventually.HoldsAsync(() => backend.Abandoned == 1, "the service is told", Cancel);
        Assert.Equal(1, backend.Reached);
    }

    [Fact]
    public async Task The_edges_own_patience_ends_in_the_same_problem()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend, "--Edge:RequestTimeout=00:00:00.300");
        using var reply = await gateway.SendAsync(HttpMethod.Post, Views + "?hold", new StringContent("{}"));
        Assert.Equal((504, "service_timeout"), await reply.OutcomeAsync());
    }

    [Fact]
    public async Task A_client_that_gives_up_is_given_up_behind_the_gateway_too()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        using (var given = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var waiting = gateway.Client.PostAsync(gateway.At(Views + "?hold"), new StringContent("{}"), given.Token);
            await Eventually.HoldsAsync(() => backend.Reached == 1, "the view arrives", Cancel);
            await given.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await Eventually.HoldsAsync(() => backend.Abandoned == 1, "the service is told", Cancel);
        using var reply = await gateway.GetAsync(Traffic);
        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Fact]
    public async Task A_service_that_dies_while_a_request_arrives_is_not_blamed_on_the_client()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", gateway.At("/").Port, Cancel);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST {Query}?die HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n{new string('x', 60_000)}"
                ),
                Cancel
            );
        using var reader = new StreamReader(client.GetStream());
        var reply = await reader.ReadToEndAsync(Cancel);
        Assert.StartsWith("HTTP/1.1 503 ", reply, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"service_unavailable\"", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Nor_is_one_whose_connections_end_as_soon_as_they_are_made(string method)
    {
        await using var backend = await Backend.StartAsync();
        using var ending = new EndingBackend();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            $"--ReverseProxy:Clusters:counting:Destinations:r1:Address={ending.Address}"
        );
        using var reply = await gateway.SendAsync(
            new(method),
            method is "GET" ? Traffic : Query,
            method is "GET" ? null : new StringContent("{}")
        );
        Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
        // What had not begun to send its body is tried again on another one.
        Assert.True(method is "POST" || ending.Connections > 1);
    }

    [Fact]
    public async Task What_lay_in_the_sockets_of_a_gateway_that_stood_still_is_not_passed_on()
    {
        var harmless = TimeSpan.FromSeconds(1);
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend, $"--Edge:MaxTolerablePause={harmless}");
        gateway.Host.Send(Signal.Stop);
        var waiting = gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
        await Task.Delay(harmless * 2, Cancel);
        gateway.Host.Send(Signal.Continue);
        using var reply = await waiting;
        Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
        Assert.NotNull(reply.Headers.RetryAfter);
        Assert.Equal(0, backend.Reached);

        await Eventually.HoldsAsync(
            async () =>
            {
                using var next = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
                return next.IsSuccessStatusCode;
            },
            "the gateway goes on",
            Cancel
        );
        Assert.Equal(1, backend.Reached);
    }

    [Fact]
    public async Task A_harmless_standstill_of_the_gateway_is_part_of_the_time_that_a_view_has_waited()
    {
        var stopped = TimeSpan.FromSeconds(1);
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(backend);
        gateway.Host.Send(Signal.Stop);
        var waiting = gateway.SendAsync(HttpMethod.Post, Views, new StringContent("{}"));
        await Task.Delay(stopped, Cancel);
        gateway.Host.Send(Signal.Continue);
        using var reply = await waiting;
        var waited = (await reply.SeenAsync()).Headers.GetValueOrDefault(GatewayHeaders.Waited);
        Assert.True(
            double.Parse(waited ?? "0", CultureInfo.InvariantCulture) >= stopped.TotalMilliseconds / 2,
            $"{waited} ms"
        );
    }

    [Fact]
    public async Task Replicas_share_the_load_and_one_that_dies_is_left_out()
    {
        await using var first = await Backend.StartAsync();
        await using var second = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(first, second.Destination(2));
        await Eventually.HoldsAsync(
            async () =>
            {
                using var reply = await gateway.GetAsync(Traffic);
                Assert.Equal(200, (int)reply.StatusCode);
                return first.Reached > 0 && second.Reached > 0;
            },
            "both are asked",
            Cancel
        );

        await second.App.DisposeAsync();
        await Eventually.HoldsAsync(
            async () =>
            {
                using var health = await gateway.Client.GetAsync(gateway.At("/health/ready", "Probe"), Cancel);
                Assert.Equal(200, (int)health.StatusCode);
                var text = await health.Content.ReadAsStringAsync(Cancel);
                return text.Contains("\"counting/r2\":\"failing\"", StringComparison.Ordinal)
                    && text.Contains("\"counting/r1\":\"answering\"", StringComparison.Ordinal);
            },
            "the gateway sees it",
            Cancel
        );
        // One that is asked by turns would fail half of these; now and then it is tried again.
        await Eventually.HoldsAsync(
            async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    using var reply = await gateway.GetAsync(Traffic);
                    if (!reply.IsSuccessStatusCode)
                    {
                        return false;
                    }
                }

                return true;
            },
            "the other one answers alone",
            Cancel
        );
    }

    [Fact]
    public async Task A_replica_told_without_a_probe_address_is_asked_at_its_internal_door()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            "--ReverseProxy:Clusters:counting:Destinations:r1:Health="
        );
        await Eventually.HoldsAsync(
            async () =>
                (await gateway.Client.GetStringAsync(gateway.At("/health/ready", "Probe"), Cancel)).Contains(
                    "\"counting/r1\":\"answering\"",
                    StringComparison.Ordinal
                ),
            "the gateway sees it",
            Cancel
        );
    }
}
