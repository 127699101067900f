using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PortalServices.Counting.RecordView;
using PortalServices.Frames.Calling;
using PortalServices.InProcess;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.ServiceDefaults.Requests;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.RecordView;

/// <summary>
/// Views that are taken in straight from their frames, or ahead of the pipeline, beside the same ones through it.
/// </summary>
public sealed class FramedViewTests : IAsyncLifetime
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36";
    private const string WayHeader = "X-Way";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string EarlyHeader = "X-Early";
    private const string Json = "application/json";
    private const string Sites = """
        {"sites":[{"id":"sonla","name":"Sơn La","origins":["https://portal.example"]},
        {"id":"drop","name":"Drop","language":"en","privacy":"drop"}]}
        """;

    private readonly TemporaryDirectory _folder = new();
    private RedisServer _redis = null!;
    private ConnectionMultiplexer _connection = null!;
    private TestApp _app = null!;
    private FrameCaller _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync("everysec");
        _connection = await _redis.ConnectAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        await _app.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Of each: the path, query, body and headers, and whether no pipeline sees it.</summary>
    public static TheoryData<string, string, string?, string, bool> Requests =>
        new()
        {
            { "sonla", "?return=minimal", """{"page":"/a","view":"ID"}""", "", true },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "", true },
            { "sonla", "", """{"page":"/a"}""", "", true },
            { "sonla", "", """{"page":"https://portal.example/b?x=1#y","view":"ID"}""", "", true },
            { "sonla", "", """{"page":"https://portal.internal/own","view":"ID"}""", "", true },
            {
                "sonla",
                "",
                """{"page":"/a","view":"ID","referrer":"https://www.example.vn/","age":5,"more":{}}""",
                "",
                true
            },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "User-Agent: curl/8.0", true },
            { "sonla", "?return=minimal", """{"page":"/a","view":"ID"}""", "User-Agent: Googlebot/2.1", true },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "User-Agent: ", true },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "DNT: 1", true },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "Sec-GPC: 1", true },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "DNT: 0", true },
            { "drop", "", """{"page":"/a","view":"ID"}""", "", true },
            { "drop", "", """{"page":"/a","view":"ID"}""", "DNT: 1", false },
            { "drop", "?return=minimal", """{"page":"/a","view":"ID"}""", "Sec-GPC: 1", false },
            { "sonla", "", """{"page":"/a","view":"ID","age":99999999999}""", "", false },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "Content-Type: text/plain;charset=UTF-8", true },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "Content-Type: TEXT/plain", false },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "Content-Type: text/html", false },
            { "sonla", "", """{"page":"/a","view":"ID"}""", "Content-Type: ", false },
            { "sonla", "?page=/query&view=ID", null, "", false },
            { "sonla", "?page=/query", """{"page":"/a","view":"ID"}""", "", false },
            { "sonla", "?return=other", """{"page":"/a","view":"ID"}""", "", false },
            { "sonla", "?return=minimal&return=x", """{"page":"/a","view":"ID"}""", "", false },
            { "sonla", "?lang=en", """{"page":""}""", "", false },
            { "sonla", "", """{"page":"","view":"ID"}""", "", false },
            { "sonla", "", """{"page":"https://foreign.example/","view":"ID"}""", "", false },
            { "sonla", "", """{"page":"https://foreign.example/","view":"ID"}""", "Accept-Language: en", false },
            { "drop", "", """{"page":"nothing","view":"ID"}""", "", false },
            { "sonla", "", """{"page":"/a","view":"short"}""", "", false },
            { "sonla", "", """{"page":"/a","view":"ID","age":-1}""", "", false },
            { "sonla", "", """{"page":"/a","page":"/b"}""", "", false },
            { "sonla", "", """{"page":"/a","referrer":"\u0001"}""", "", false },
            { "sonla", "", """{"page":5}""", "", false },
            { "sonla", "", "[]", "", false },
            { "sonla", "", "{", "", false },
            { "nobody", "", """{"page":"/a","view":"ID"}""", "", false },
            { "", "", """{"page":"/a","view":"ID"}""", "", false },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task All_ways_answer_the_same(string site, string query, string? body, string header, bool isDirect)
    {
        (string Name, string Value)[] headers = [("User-Agent", Browser), ("Content-Type", Json)];
        if (header.Split(": ", 2) is [var name, var value])
        {
            headers =
            [
                .. headers.Where(each => each.Name != name),
                .. value.Length > 0 ? [(name, value)] : Array.Empty<(string, string)>(),
            ];
        }

        var framed = await FrameAsync(site, query, body, headers);
        var early = await PostAsync(site, query, body, [.. headers, (EarlyHeader, "1")]);
        var direct = await PostAsync(site, query, body, headers);

        Assert.Equal((direct.Status, direct.Headers, direct.Body), (framed.Status, framed.Headers, framed.Body));
        Assert.Equal((direct.Status, direct.Headers, direct.Body), (early.Status, early.Headers, early.Body));
        Assert.Equal("pipeline", direct.Way);
        Assert.Equal(isDirect ? ("", "") : ("pipeline", "pipeline"), (framed.Way, early.Way));
    }

    [Fact]
    public async Task An_id_counts_once_whichever_way_it_comes()
    {
        var body = $$"""{"page":"/once","view":"{{ViewCall.NewId()}}"}""";
        (string, string)[] headers = [("User-Agent", Browser), ("Content-Type", Json)];
        Assert.Contains(
            "\"counted\":true",
            (await FrameAsync("sonla", "", body, headers)).Body,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"reason\":\"duplicate\"",
            (await FrameAsync("sonla", "", body, headers)).Body,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"reason\":\"duplicate\"",
            (await PostAsync("sonla", "", body, headers)).Body,
            StringComparison.Ordinal
        );
        Assert.Equal(1, (await StoredLedger.ReadAsync(_connection, "sonla")).Pages["/once"]);
    }

    /// <summary>As after a commit whose outcome is not known in time; the view says what the pipeline would say.</summary>
    [Fact]
    public async Task While_the_store_is_away_it_is_told_to_try_again_in_its_language()
    {
        (string, string)[] headers = [("User-Agent", Browser), ("Content-Type", Json)];
        await FrameAsync("sonla", "", """{"page":"/a"}""", headers);
        _redis.Pause();
        headers = [.. headers, ("Accept-Language", "en-US"), ("traceparent", $"00-{Trace}-b7ad6b7169203331-00")];
        var framed = await FrameAsync("sonla", "", """{"page":"/a"}""", headers);
        var direct = await PostAsync("sonla", "", """{"page":"/a"}""", headers);
        _redis.Resume();
        Assert.Equal((503, ""), (framed.Status, framed.Way));
        Assert.Contains(Trace, framed.Body, StringComparison.Ordinal);
        Assert.Equal((direct.Status, direct.Headers, direct.Body), (framed.Status, framed.Headers, framed.Body));
    }

    [Fact]
    public async Task A_view_that_is_sent_again_after_its_id_was_forgotten_has_expired()
    {
        await StopAsync();
        await StartAsync("--Counting:ViewIdsPerGeneration=1000");
        (string, string)[] headers = [("User-Agent", Browser), ("Content-Type", Json)];
        var view = ViewCall.NewId();
        await FrameAsync("sonla", "", $$"""{"page":"/old","view":"{{view}}"}""", headers);
        Reply framed;
        do
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 200)
                    .Select(_ => FrameAsync("sonla", "?return=minimal", """{"page":"/others","view":"ID"}""", headers))
            );
            framed = await FrameAsync("sonla", "", $$"""{"page":"/old","view":"{{view}}","age":3600000}""", headers);
        } while (framed.Status == 200);
        var direct = await PostAsync("sonla", "", $$"""{"page":"/old","view":"{{view}}","age":3600000}""", headers);
        Assert.Equal(410, framed.Status);
        Assert.Equal((direct.Status, direct.Headers, direct.Body), (framed.Status, framed.Headers, framed.Body));
        Assert.Equal(1, (await StoredLedger.ReadAsync(_connection, "sonla")).Pages["/old"]);
    }

    private const int Places = 256;

    [Fact]
    public async Task Without_a_place_to_wait_it_is_refused()
    {
        await StopAsync();
        await StartAsync($"--Counting:WaitingViews={Places}");
        (string, string)[] headers = [("User-Agent", Browser), ("Content-Type", Json)];
        await FrameAsync("sonla", "", """{"page":"/a"}""", headers);
        _redis.Pause();
        var waiting = Enumerable
            .Range(0, Places)
            .Select(_ => FrameAsync("sonla", "", """{"page":"/a"}""", headers))
            .ToList();
        await Eventually.HoldsAsync(
            () => _app.Services.GetRequiredService<WaitingViews>().Taken == Places,
            "the places are taken",
            Cancel
        );
        var framed = await FrameAsync("sonla", "", """{"page":"/a"}""", headers);
        var direct = await PostAsync("sonla", "", """{"page":"/a"}""", headers);
        _redis.Resume();
        await Task.WhenAll(waiting);
        Assert.Equal((503, ""), (framed.Status, framed.Way));
        Assert.Contains("too_many_waiting", framed.Body, StringComparison.Ordinal);
        Assert.Equal((direct.Status, direct.Headers, direct.Body), (framed.Status, framed.Headers, framed.Body));
    }

    [Fact]
    public async Task Thousands_that_come_at_once_are_all_counted_and_none_waits_on()
    {
        (string, string)[] headers = [("User-Agent", Browser), ("Content-Type", Json)];
        const int Views = 5_000;
        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, Views)
                .Select(i =>
                    FrameAsync("sonla", "?return=minimal", $$"""{"page":"/p{{i % 10}}","view":"ID"}""", headers)
                )
        );
        Assert.All(replies, reply => Assert.Equal((204, ""), (reply.Status, reply.Way)));
        var ledger = await StoredLedger.ReadAsync(_connection, "sonla");
        Assert.Equal(Views, ledger.Total - ledger.Pages["/first"]);
        Assert.Empty(ledger.Contradictions());
        Assert.Equal(0, _gateway.Peer.InFlight);
    }

    private async Task StartAsync(params string[] settings)
    {
        var sites = Path.Combine(_folder.Path, "sites.json");
        await File.WriteAllTextAsync(sites, Sites, Cancel);
        _app = await TestApp.StartAsync(
            builder => builder.AddCounting().Services.AddSingleton<IEarlyHandler, Early>(),
            app =>
            {
                app.Use(
                    (context, next) =>
                    {
                        context.Response.Headers[WayHeader] = "pipeline";
                        return next(context);
                    }
                );
                app.MapCounting();
            },
            [
                $"--Sites:File={sites}",
                $"--ConnectionStrings:redis={_redis.Address}",
                "--Gateway:Addresses:0=127.0.0.1/32",
                "--Counting:VisitorSecret=a secret of the tests, 32 characters and more",
                .. settings,
            ]
        );
        _gateway = await FrameCaller.ConnectAsync(_app);
        // The first views read the ledger and ask for the keys of visitors.
        foreach (var site in new[] { "sonla", "drop" })
        {
            await Eventually.HoldsAsync(
                async () =>
                    (
                        await FrameAsync(
                            site,
                            "?return=minimal",
                            """{"page":"/first"}""",
                            [("User-Agent", Browser), ("Content-Type", Json)]
                        )
                    )
                        is { Status: 204, Way: "" },
                "views are taken in from their frames",
                Cancel
            );
        }
    }

    private async Task StopAsync()
    {
        _gateway.Dispose();
        await _app.DisposeAsync();
        await _connection.GetDatabase().ExecuteAsync("FLUSHALL");
    }

    private async Task<Reply> FrameAsync(
        string site,
        string query,
        string? body,
        IReadOnlyList<(string Name, string Value)> headers
    )
    {
        var request = FrameCaller.Request($"/api/sites/{site}/views", WithId(query)!, [.. headers]);
        request.Host = new HostString("portal.internal");
        Assert.Equal(FrameAdmission.Sent, _gateway.Send(request, out var sent, body: WithId(body) ?? ""));
        using var reply = await sent;
        Assert.Equal(FrameOutcome.Replied, reply.Outcome);
        var answered = new HeaderDictionary();
        reply.AppendHeaders(answered);
        return Reply.Of(
            reply.Status,
            answered.SelectMany(header => header.Value.Select(value => (header.Key, value!))),
            Encoding.UTF8.GetString(reply.Body.Span)
        );
    }

    private async Task<Reply> PostAsync(
        string site,
        string query,
        string? body,
        IReadOnlyList<(string Name, string Value)> headers
    )
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(WithId(body) ?? ""));
        var type = headers.FirstOrDefault(header => header.Name == "Content-Type").Value;
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var reply = await _app.SendAsync(
            Door.Internal,
            HttpMethod.Post,
            $"/api/sites/{site}/views{WithId(query)}",
            content,
            [
                .. headers.Where(header => header.Name != "Content-Type"),
                ("X-Forwarded-For", "203.0.113.7"),
                ("X-Forwarded-Host", "portal.internal"),
                ("X-Forwarded-Proto", "https"),
            ]
        );
        return Reply.Of(
            (int)reply.StatusCode,
            reply
                .Headers.Concat(reply.Content.Headers)
                .SelectMany(header => header.Value.Select(value => (header.Key, value))),
            await reply.Content.ReadAsStringAsync(Cancel)
        );
    }

    /// <summary>What the edge does where it is in the same process, without its rules.</summary>
    private sealed class Early : IEarlyHandler
    {
        public bool Covers(HttpContext context) =>
            context.Request.Headers.Remove(EarlyHeader) && HandlerOf(context)?.Covers(context.Request) == true;

        public async Task<bool> TryAnswerAsync(HttpContext context)
        {
            var reader = context.Request.BodyReader;
            for (var isWhole = false; !isWhole; )
            {
                var read = await reader.ReadAsync(Cancel);
                isWhole = read.IsCompleted;
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
            // The edge is the first to see the client.
            new ForwardedClient(["127.0.0.1/32"], NullLoggerFactory.Instance).Apply(context);
            return await HandlerOf(context)!.TryAnswerAsync(new DirectRequest(context, _ => { }));
        }

        public void CompleteFault(HttpContext context) { }

        private static IDirectHandler? HandlerOf(HttpContext context) =>
            context.GetEndpoint()?.Metadata.GetMetadata<IDirectHandler>();
    }

    private static string? WithId(string? text) => text?.Replace("ID", ViewCall.NewId(), StringComparison.Ordinal);

    /// <summary>What both ways must say alike: all but numbers, instants and a trace that nobody asked for.</summary>
    private sealed record Reply(int Status, string Way, string Headers, string Body)
    {
        private static readonly string[] Passing = ["Date", "Server", "Content-Length", "Transfer-Encoding", WayHeader];

        public static Reply Of(int status, IEnumerable<(string Name, string Value)> headers, string body)
        {
            var all = headers.ToList();
            return new Reply(
                status,
                all.FirstOrDefault(header => WayHeader.Equals(header.Name, StringComparison.OrdinalIgnoreCase)).Value
                    ?? "",
                string.Join(
                    '\n',
                    all.Where(header => !Passing.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
                        .Select(header => $"{header.Name.ToLowerInvariant()}: {header.Value}")
                        .Order(StringComparer.Ordinal)
                ),
                body.Length == 0 ? "" : Lasting(JsonNode.Parse(body)!).ToJsonString()
            );
        }

        private static JsonNode Lasting(JsonNode node)
        {
            if (node is JsonObject fields)
            {
                foreach (var (name, value) in fields.ToList())
                {
                    fields[name] =
                        name is "asOf" || (name is "traceId" && (string?)value != Trace) ? "…"
                        : value is null ? null
                        : Lasting(value.DeepClone());
                }
                return fields;
            }
            return node.GetValueKind() == JsonValueKind.Number ? JsonValue.Create(0) : node;
        }
    }
}
