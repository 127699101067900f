using System.Text;

namespace PortalServices.Edge.Tests.Proxy;

public sealed class ForwardingTests(ForwardingTests.Gateway shared) : IClassFixture<ForwardingTests.Gateway>
{
    private const string Views = "/api/sites/sonla/views";

    [Fact]
    public async Task A_request_reaches_the_service_as_it_was_sent_over_HTTP_2()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        const string target = Views + "?page=%2Fb%C3%A0i%2Fa%20b&view=a+b&x=%E1%BB%95#";
        using var reply = await gateway.SendAsync(
            HttpMethod.Post,
            target,
            new StringContent("""{"page":"/bài"}""", Encoding.UTF8, "text/plain"),
            null,
            ("User-Agent", "Some Browser"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        );
        var seen = await reply.SeenAsync();
        Assert.Equal(
            ("POST", target.TrimEnd('#'), "HTTP/2", """{"page":"/bài"}"""),
            (seen.Method, seen.Target, seen.Protocol, seen.Body)
        );
        Assert.Equal(
            ("text/plain; charset=utf-8", "Some Browser"),
            (seen.Headers["Content-Type"], seen.Headers["User-Agent"])
        );
        Assert.StartsWith(
            "00-0af7651916cd43dd8448eb211c80319c-",
            seen.Headers["traceparent"],
            StringComparison.Ordinal
        );
        Assert.Equal("\"1\"", reply.Header("ETag"));
    }

    [Fact]
    public async Task Every_address_of_counting_leads_to_it_whatever_the_method()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        string[] requests =
        [
            "GET views",
            "POST views",
            "HEAD stats",
            "GET stats?page=/a",
            "GET pages?path=/a&path=/b",
            "POST pages/query",
            "GET pages/top?period=week",
            "GET traffic",
        ];
        foreach (var request in requests.Select(request => request.Split(' ')))
        {
            using var reply = await gateway.SendAsync(new HttpMethod(request[0]), "/api/sites/sonla/" + request[1]);
            Assert.Equal(200, (int)reply.StatusCode);
        }

        Assert.Equal(requests.Length, backend.Reached);
    }

    [Fact]
    public async Task What_is_nobodys_is_told_at_the_gateway()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        foreach (var path in new[] { "/", "/nothing", "/api/sites/sonla/nothing", "/api/sites/sonla/views/more" })
        {
            using var reply = await gateway.GetAsync(path);
            Assert.Equal((404, "not_found"), await reply.OutcomeAsync());
        }

        Assert.Equal(0, backend.Reached);
    }

    [Fact]
    public async Task A_problem_of_the_service_comes_through_whole()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        using var reply = await gateway.GetAsync(
            "/api/sites/sonla/traffic?missing",
            ("Accept-Language", "en"),
            ("Origin", "https://portal.example")
        );
        Assert.Equal((404, "unknown_site"), await reply.OutcomeAsync());
        Assert.Equal(
            ("en", "Accept-Language, Origin", "https://portal.example"),
            (reply.Header("Content-Language"), reply.Header("Vary"), reply.Header("Access-Control-Allow-Origin"))
        );
    }

    [Fact]
    public async Task Two_addresses_are_two_clients_and_a_forged_header_is_none()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        using var proxy = GatewayProcess.From("127.0.0.2");
        using var stranger = GatewayProcess.From("127.0.0.3");
        var clients = new List<string>();
        foreach (
            var (client, forwarded) in new[]
            {
                (proxy, "203.0.113.1"),
                (proxy, "203.0.113.2"),
                (proxy, "6.6.6.6, 203.0.113.3"),
                (stranger, "203.0.113.1"),
                (gateway.Client, "203.0.113.1"),
            }
        )
        {
            using var reply = await gateway.SendAsync(
                HttpMethod.Post,
                Views,
                null,
                client,
                ("X-Forwarded-For", forwarded),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "counter.example"),
                ("X-Real-IP", "6.6.6.6"),
                ("Forwarded", "for=6.6.6.6")
            );
            var seen = await reply.SeenAsync();
            clients.Add($"{seen.Client} {seen.Origin}");
            Assert.False(seen.Headers.ContainsKey("X-Real-IP") || seen.Headers.ContainsKey("Forwarded"));
        }

        var own = gateway.At("/").GetLeftPart(UriPartial.Authority);
        Assert.Equal(
            [
                "203.0.113.1 https://counter.example",
                "203.0.113.2 https://counter.example",
                "203.0.113.3 https://counter.example",
                $"127.0.0.3 {own}",
                $"127.0.0.1 {own}",
            ],
            clients
        );
    }

    [Fact]
    public async Task A_service_believes_only_its_gateway()
    {
        await using var backend = await Backend.StartAsync("--Gateway:Addresses:0=10.0.0.0/8");
        await using var gateway = await GatewayProcess.StartAsync(backend, "--Edge:TrustedProxies:0=127.0.0.1/32");
        using var reply = await gateway.GetAsync("/api/sites/sonla/traffic", ("X-Forwarded-For", "203.0.113.1"));
        Assert.Equal("127.0.0.1", (await reply.SeenAsync()).Client);
    }

    [Fact]
    public async Task What_the_edge_refuses_reaches_no_service()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        foreach (var chunked in new[] { false, true })
        {
            using var large = new HttpRequestMessage(HttpMethod.Post, gateway.At(Views))
            {
                Content = new ByteArrayContent(new byte[100_000]),
            };
            large.Headers.TransferEncodingChunked = chunked;
            using var refused = await gateway.Client.SendAsync(large, TestContext.Current.CancellationToken);
            Assert.Equal((413, "body_too_large"), await refused.OutcomeAsync());
        }

        using var foreign = await gateway.SendAsync(
            HttpMethod.Post,
            Views,
            new StringContent("{}"),
            null,
            ("Origin", "https://evil.example")
        );
        Assert.Equal((403, "foreign_origin"), await foreign.OutcomeAsync());
        using var closed = await gateway.GetAsync("/api/operator/sites/sonla/audit");
        Assert.Equal((404, "not_found"), await closed.OutcomeAsync());
        Assert.Equal(0, backend.Reached);
    }

    [Fact]
    public async Task A_chunked_body_reaches_the_service_whole()
    {
        var (gateway, backend) = await shared.TakeOneAsync();
        var text = new string('x', 50_000);
        using var message = new HttpRequestMessage(HttpMethod.Post, gateway.At(Views))
        {
            Content = new StringContent(text),
        };
        message.Headers.TransferEncodingChunked = true;
        using var reply = await gateway.Client.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal(text, (await reply.SeenAsync()).Body);
    }

    public sealed class Gateway()
        : SharedGateway(1, all => GatewayProcess.StartAsync(all[0], "--Edge:TrustedProxies:0=127.0.0.2/32"));
}
