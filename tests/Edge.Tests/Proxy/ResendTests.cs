using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>What a replica got nothing of, or what may be made twice, goes to another one, once.</summary>
public sealed class ResendTests(ResendTests.BesideNobody besideNobody, ResendTests.BesideDying besideDying)
    : IClassFixture<ResendTests.BesideNobody>,
        IClassFixture<ResendTests.BesideDying>
{
    private const string Traffic = "/api/sites/sonla/traffic",
        Views = "/api/sites/sonla/views",
        Query = "/api/sites/sonla/pages/query";
    private const string View = """{"page":"/a","view":"0123456789abcdef"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", Traffic, "", false)]
    [InlineData("POST", Views, """{"page":"/a"}""", false)]
    [InlineData("POST", Views, """{"page":"/a"}""", true)]
    [InlineData("POST", Query, """{"paths":["/a"]}""", false)]
    [InlineData("POST", Query, """{"paths":["/a"]}""", true)]
    public async Task What_could_not_be_delivered_goes_to_another_replica_whole(
        string method,
        string path,
        string body,
        bool inChunks
    )
    {
        var (gateway, all) = await besideNobody.TakeAsync();
        var backend = all[0];
        for (var i = 0; i < 20; i++)
        {
            using var request = new HttpRequestMessage(new(method), gateway.At(path))
            {
                Content = body.Length == 0 ? null : new StringContent(body),
            };
            request.Headers.TransferEncodingChunked = inChunks;
            using var reply = await gateway.Client.SendAsync(request, Cancel);
            var seen = await reply.SeenAsync();
            Assert.Equal((method, path, body), (seen.Method, seen.Target, seen.Body));
        }

        Assert.Equal(20, backend.Reached);
    }

    [Theory]
    [InlineData("GET", Traffic, "")]
    [InlineData("HEAD", Traffic, "")]
    [InlineData("GET", "/api/sites/sonla/pixel.gif?page=/a&view=0123456789abcdef", "")]
    [InlineData("HEAD", "/api/sites/sonla/pixel.gif?page=/a", "")]
    [InlineData("POST", Query, """{"paths":["/a"]}""")]
    [InlineData("POST", Views, View)]
    [InlineData("POST", Views, """{"age":0,"other":{"view":1},"view":"0123456789abcdef"}""")]
    [InlineData("POST", Views + "?page=/a&view=0123456789abcdef", "")]
    public async Task What_may_be_made_twice_does_so_when_its_connection_broke(string method, string path, string body)
    {
        var (gateway, all) = await besideDying.TakeAsync();
        var dying = all[0];
        dying.Dies = true;
        while (dying.Died < 5)
        {
            using var reply = await gateway.SendAsync(
                new(method),
                path,
                method is "POST" ? new StringContent(body) : null
            );
            Assert.Equal(200, (int)reply.StatusCode);
            if (method is not "HEAD")
            {
                Assert.Equal(body, (await reply.SeenAsync()).Body);
            }
        }
    }

    [Theory]
    [InlineData("POST", Views, """{"page":"/a"}""")]
    [InlineData("POST", Views, """{"other":{"view":"0123456789abcdef"}}""")]
    [InlineData("POST", Views, """{"view":null}""")]
    [InlineData("POST", Views, "no JSON")]
    [InlineData("POST", Views + "?view=0123456789abcdef", """{"page":"/a"}""")]
    [InlineData("POST", Views + "?page=/a", "")]
    [InlineData("POST", "/api/sites/sonla/feedback", "{}")]
    [InlineData("GET", "/api/sites/sonla/pixel.gif?page=/a", "")]
    public async Task What_may_not_be_does_not(string method, string path, string body)
    {
        var (gateway, all) = await besideDying.TakeAsync();
        var (dying, backend) = (all[0], all[1]);
        dying.Dies = true;
        var sent = 0;
        for (var failed = 0; failed < 5; sent++)
        {
            using var reply = await gateway.SendAsync(
                new(method),
                path,
                method is "POST" ? new StringContent(body) : null
            );
            if ((int)reply.StatusCode == 200)
            {
                continue;
            }
            Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
            failed++;
        }

        Assert.Equal(sent, dying.Died + backend.Reached);
    }

    [Fact]
    public async Task It_goes_to_one_more_replica_only()
    {
        await using var first = await Backend.StartAsync();
        await using var second = await Backend.StartAsync();
        await using var third = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            first,
            [.. second.Destination(2), .. third.Destination(3), .. WithoutProbes]
        );
        first.Dies = second.Dies = third.Dies = true;
        using var reply = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent(View));
        Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
        Assert.Equal(2, first.Died + second.Died + third.Died);
    }

    [Fact]
    public async Task It_carries_how_long_it_has_waited_and_nobody_else_can_say_so()
    {
        var (gateway, all) = await besideDying.TakeAsync();
        var dying = all[0];
        dying.Dies = true;
        while (dying.Died < 5)
        {
            var before = dying.Died;
            using var reply = await gateway.SendAsync(
                HttpMethod.Post,
                Views,
                new StringContent(View),
                null,
                (GatewayHeaders.Waited, "123456789")
            );
            var waited = (await reply.SeenAsync()).Headers.GetValueOrDefault(GatewayHeaders.Waited);
            // One that was not sent again may have waited for its pack, in a slow moment.
            Assert.True(dying.Died == before || waited is not (null or "000000000000"));
            Assert.InRange(long.Parse(waited ?? "0", System.Globalization.CultureInfo.InvariantCulture), 0, 60_000);
        }
    }

    /// <summary>
    /// Nobody tells the gateway that this replica takes no connection: it finds out when the time for that is up.
    /// </summary>
    [Theory]
    [InlineData(View)]
    [InlineData("""{"page":"/a"}""")]
    public async Task What_waited_in_vain_for_a_connection_carries_that_too(string view)
    {
        await using var backend = await Backend.StartAsync();
        await using var door = await BusyDoor.CloseAsync(backend.App.At(Door.Internal));
        await using var gateway = await GatewayProcess.StartAsync(backend, [.. Behind(door, 2), .. WithoutProbes]);
        long waited;
        // Until one has gone to the door first. It gives up after 2 seconds.
        do
        {
            waited = await SendAsync(gateway, view);
        } while (waited < 1_000);
        Assert.InRange(waited, 2_000, 60_000);
    }

    /// <summary>The first try of the connection is lost, and the next one comes a second later.</summary>
    [Fact]
    public async Task What_waited_for_its_connection_carries_that_too()
    {
        await using var backend = await Backend.StartAsync();
        await using var door = await BusyDoor.CloseAsync(backend.App.At(Door.Internal));
        await using var gateway = await GatewayProcess.StartAsync(backend, [.. Behind(door, 1), .. WithoutProbes]);
        var sent = SendAsync(gateway, View);
        await door.HasCallerAsync(Cancel);
        door.Open();
        Assert.InRange(await sent, 500, 60_000);
        Assert.Equal(1, backend.Reached);
    }

    /// <summary>Sends a view; how long it has waited by the time it is sent on.</summary>
    private static async Task<long> SendAsync(GatewayProcess gateway, string view)
    {
        using var reply = await gateway.SendAsync(HttpMethod.Post, Views, new StringContent(view));
        Assert.Equal(200, (int)reply.StatusCode);
        var waited = (await reply.SeenAsync()).Headers.GetValueOrDefault(GatewayHeaders.Waited);
        return long.Parse(waited ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string[] Behind(BusyDoor door, int number) =>
        [$"--ReverseProxy:Clusters:counting:Destinations:r{number}:Address=http://127.0.0.1:{door.Port}"];

    private static string[] Nobody(int number) =>
        [$"--ReverseProxy:Clusters:counting:Destinations:r{number}:Address=http://127.0.0.1:{Ports.Free()}"];

    // So that the dead one is chosen again and again.
    private static IEnumerable<string> WithoutProbes =>
        new[] { "counting", "feedback" }.SelectMany(cluster =>
            new[] { "Active", "Passive" }.Select(kind =>
                $"--ReverseProxy:Clusters:{cluster}:HealthCheck:{kind}:Enabled=false"
            )
        );

    /// <summary>One replica, and an address where nobody is.</summary>
    public sealed class BesideNobody()
        : SharedGateway(1, all => GatewayProcess.StartAsync(all[0], [.. Nobody(2), .. WithoutProbes]));

    /// <summary>Two replicas of counting and of feedback; the first is the one to die.</summary>
    public sealed class BesideDying()
        : SharedGateway(
            2,
            all =>
                GatewayProcess.StartAsync(
                    all[0],
                    [
                        .. all[0].Destination(1, "feedback"),
                        .. all[1].Destination(2),
                        .. all[1].Destination(2, "feedback"),
                        // How many are sent until five failed is a matter of chance.
                        "--Edge:FeedbackPerMinute=100000",
                        .. WithoutProbes,
                    ]
                )
        );
}
