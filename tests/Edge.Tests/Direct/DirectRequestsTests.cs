using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Http.Json;
using PortalServices.Http.Requests;
using PortalServices.ServiceDefaults.Requests;
using PortalServices.Testing;

namespace PortalServices.Edge.Tests.Direct;

/// <summary>The short way through the edge and the pipeline answer alike, and what is behind them sees the same.</summary>
public sealed partial class DirectRequestsTests
{
    private const string Trusting = "--Edge:TrustedProxies:0=127.0.0.1";
    private const string Address = "/api/sites/sonla/views";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Requests that every rule lets through; the short way takes them.</summary>
    public static TheoryData<string, string> Passing =>
        new()
        {
            { "plain", Post() },
            { "two bodies' worth of headers", Post("Accept-Language: vi", "User-Agent: Mozilla/5.0", "DNT: 1") },
            { "the origin of a site", Post("Origin: https://portal.example") },
            { "an origin in another spelling", Post("Origin: HTTPS://WWW.Portal.example:443") },
            { "its own origin", Post("Host: portal.example", "Origin: http://portal.example") },
            { "a host in another spelling", Post("Host: Portal.EXAMPLE:8080", "Origin: http://portal.example:8080") },
            { "an international host", Post("Host: XN--CNG-QMZ.example") },
            { "an address from nobody", Post("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https") },
            { "what only the gateway says", Post("X-Portal-Waited: 5000", "X-Portal-Draining: 1", "X-Real-IP: ::1") },
            { "a trace", Post("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage: a=b") },
            { "compression", Post("Accept-Encoding: gzip, br") },
            { "a key of an operator", Post("Authorization: Bearer pk_1", "Cookie: a=b") },
            { "a query", Post(Address + "?page=%2Ftin-t%E1%BB%A9c&q=x") },
            { "a slash at the end", Post(Address + "/") },
            { "letters of another case", Post("/API/sites/sonla/VIEWS") },
            { "HTTP/1.0", Post().Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal) },
            { "as many headers as may be", Post([.. Enumerable.Range(0, 96).Select(each => $"X-{each}: a")]) },
            { "an upgrade beside a body", Post("Connection: Upgrade", "Upgrade: websocket") },
            { "an upgrade to nothing", Post("Connection: Upgrade") },
            { "a page for browsers", Post("Accept: text/html") },
        };

    /// <summary>Requests that are refused, or unusual; the pipeline has them.</summary>
    public static TheoryData<string, string> Others =>
        new()
        {
            { "another method", Post().Replace("POST", "PUT", StringComparison.Ordinal) },
            { "no method that there is", Post().Replace("POST", "BREW", StringComparison.Ordinal) },
            { "a small one", Post().Replace("POST", "post", StringComparison.Ordinal) },
            { "a read", $"GET {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" },
            {
                "a preflight",
                $"OPTIONS {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: https://portal.example\r\n"
                    + "Access-Control-Request-Method: POST\r\n\r\n"
            },
            { "a foreign origin", Post("Origin: https://elsewhere.example") },
            { "an origin that is none", Post("Origin: null") },
            { "two origins", Post("Origin: https://portal.example", "Origin: https://portal.example") },
            { "an empty origin", Post("Origin: ") },
            { "an unknown site", Post("/api/sites/nowhere/views") },
            { "no site", Post("/api/sites//views") },
            { "a site of another case", Post("/api/sites/SonLa/views") },
            { "a host that is none", Post("Host: xn--x") },
            { "too many headers", Post([.. Enumerable.Range(0, 100).Select(each => $"X-{each}: a")]) },
            { "too large headers", Post($"X-Large: {new string('a', 16 * 1024)}") },
            { "headers that are large as they travel", Post($"X-Large: {new string('ế', 6 * 1024)}") },
            { "too long an address", Post($"{Address}?page={new string('ế', 5 * 1024)}") },
            { "no body", $"POST {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" },
            { "no length", $"POST {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" },
            {
                "a body in chunks",
                $"POST {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
            },
            {
                "a body that is none",
                $"POST {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            },
            {
                "too large a body",
                $"POST {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n{new string('x', 70_000)}"
            },
            {
                "larger than the route allows",
                $"POST {Address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4097\r\n\r\n{new string('x', 4_097)}"
            },
            { "asked first", Post("Expect: 100-continue") },
            {
                "an upgrade",
                $"POST {Address} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            },
            { "what has a limit", Post("/api/sites/sonla/feedback") },
            { "no route", Post("/api/sites/sonla/nothing") },
            { "operators' address", Post("/api/operator/sites/sonla/views") },
        };

    /// <summary>What a proxy that is believed says of its client.</summary>
    public static TheoryData<string, string> Proxied =>
        new()
        {
            {
                "one hop",
                Post("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: Portal.example")
            },
            { "two hops", Post("X-Forwarded-For: 203.0.113.9, 127.0.0.1", "X-Forwarded-Proto: http, https") },
            {
                "one that a client made up",
                Post("X-Forwarded-For: 10.0.0.1, 203.0.113.9", "X-Forwarded-Proto: http, https")
            },
            { "no address", Post("X-Forwarded-For: nobody", "X-Forwarded-Proto: https") },
            { "half of it none", Post("X-Forwarded-For: nobody, 127.0.0.1") },
            { "an address with a port", Post("X-Forwarded-For: [2001:db8::1]:4711") },
            { "IPv4 in IPv6", Post("X-Forwarded-For: ::ffff:203.0.113.9") },
            { "a host that is none", Post("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: xn--x") },
            {
                "the origin of the site's address",
                Post("X-Forwarded-Proto: https", "X-Forwarded-Host: a.example", "Origin: https://a.example")
            },
            { "nothing", Post() },
        };

    [Theory]
    [MemberData(nameof(Passing))]
    public Task What_every_rule_lets_through_is_answered_as_by_the_pipeline(string what, string request) =>
        AssertAlikeAsync(what, request, isDirect: true);

    [Theory]
    [MemberData(nameof(Others))]
    public Task What_is_refused_or_unusual_is_left_to_the_pipeline(string what, string request) =>
        AssertAlikeAsync(what, request, isDirect: false);

    [Theory]
    [MemberData(nameof(Proxied))]
    public Task A_client_behind_a_proxy_is_seen_alike(string what, string request) =>
        AssertAlikeAsync(what, request, isDirect: true, Trusting);

    [Fact]
    public Task Another_door_than_the_public_one_has_no_short_way() =>
        AssertAlikeAsync("the operators' door", Post(), isDirect: false, Door.Operators);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_standstill_both_ways_refuse(bool isDirect)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var direct = new Direct();
        await using var app = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(clock);
                builder.AddEdge();
            },
            a =>
            {
                a.UseEdge();
                Map(a, isDirect ? direct : null);
            }
        );
        Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(app, Door.Public, Post()), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.StartsWith("HTTP/1.1 503 ", await AnswerAsync(app, Door.Public, Post()), StringComparison.Ordinal);
        Assert.Equal(isDirect ? 1 : 0, direct.Taken);
    }

    [Fact]
    public async Task A_body_that_comes_late_is_waited_for()
    {
        var direct = new Direct();
        await using var app = await StartAsync(direct);
        var (head, body) = (Post()[..^2], Post()[^2..]);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.At(Door.Public).Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head), Cancel);
        // The route is known by then, and with it that there is a short way.
        await Eventually.HoldsAsync(() => direct.Asked == 1, "the head has been read", Cancel);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(body), Cancel);
        using var reader = new StreamReader(client.GetStream());
        Assert.Contains("\"body\":\"{}\"", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_on_the_short_way_is_a_problem_and_harms_no_other_request()
    {
        var direct = new Direct { Fault = new InvalidOperationException("planted") };
        await using var app = await StartAsync(direct);
        var failed = await AnswerAsync(app, Door.Public, Post("Origin: https://portal.example"));
        Assert.StartsWith("HTTP/1.1 500 ", failed, StringComparison.Ordinal);
        Assert.Contains("\"internal_error\"", failed, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: https://portal.example", failed, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", failed, StringComparison.Ordinal);
        direct.Fault = null;
        Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(app, Door.Public, Post()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_a_request_back_has_the_pipeline_answer_it()
    {
        var direct = new Direct { GivesBack = true };
        await using var app = await StartAsync(direct);
        await using var pipeline = await StartAsync(direct: null);
        Assert.Equal(
            await AnswerAsync(pipeline, Door.Public, Post("Origin: https://portal.example")),
            await AnswerAsync(app, Door.Public, Post("Origin: https://portal.example"))
        );
        Assert.Equal(1, direct.Taken);
    }

    private static Task AssertAlikeAsync(string what, string request, bool isDirect, params string[] settings) =>
        AssertAlikeAsync(what, request, isDirect, Door.Public, settings);

    private static async Task AssertAlikeAsync(
        string what,
        string request,
        bool isDirect,
        Door door,
        params string[] settings
    )
    {
        var direct = new Direct();
        await using var app = await StartAsync(direct, settings);
        await using var pipeline = await StartAsync(direct: null, settings);
        var expected = await AnswerAsync(pipeline, door, request);
        Assert.Equal(expected, await AnswerAsync(app, door, request));
        Assert.True(direct.Taken == (isDirect ? 1 : 0), $"{what}: taken {direct.Taken} times, {expected}");
    }

    private static Task<TestApp> StartAsync(Direct? direct, params string[] settings) =>
        EdgeApp.StartAsync(app => Map(app, direct), settings);

    private static void Map(WebApplication app, Direct? direct)
    {
        foreach (var route in new[] { "/api/sites/{site}/views", "/api/sites/{site}/feedback" })
        {
            var endpoint = app.Map(route, (Delegate)EdgeApp.Tell).WithMetadata(new BodySizeLimit(4_096));
            if (direct is not null)
            {
                endpoint.WithMetadata(direct);
            }
        }
    }

    // Without what differs from one reply to the next.
    private static async Task<string> AnswerAsync(TestApp app, Door door, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.At(door).Port, Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Cancel);
        var (answer, buffer) = (new StringBuilder(), new byte[64 * 1024]);
        // A connection that the request does not end is left open behind the last chunk.
        while (!answer.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, Cancel);
            if (read == 0)
            {
                break;
            }
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        var parts = Changing().Replace(answer.ToString(), "").Split("\r\n\r\n", 2);
        var head = parts[0].Split("\r\n");
        // In whatever order they were written.
        return string.Join("\r\n", head.Skip(1).Order(StringComparer.Ordinal).Prepend(head[0])) + parts[1];
    }

    private static string Post(params string[] headers) =>
        headers is [['/', ..], ..] ? Post(headers[0], headers[1..]) : Post(Address, headers);

    private static string Post(string address, string[] headers) =>
        $"POST {address} HTTP/1.1\r\n"
        + (headers.Any(header => header.StartsWith("Host:", StringComparison.Ordinal)) ? "" : "Host: x\r\n")
        + string.Concat(headers.Select(header => header + "\r\n"))
        + (
            headers.Any(header => header.StartsWith("Connection:", StringComparison.Ordinal))
                ? ""
                : "Connection: close\r\n"
        )
        + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

    [GeneratedRegex("""(?m)^Date: .*\r\n|"traceId":"[^"]*"|traceparent":"[^"]*""", RegexOptions.IgnoreCase)]
    private static partial Regex Changing();

    private sealed class Direct : IDirectHandler
    {
        private int _asked,
            _taken;

        public int Asked => Volatile.Read(ref _asked);

        public int Taken => Volatile.Read(ref _taken);

        public Exception? Fault { get; set; }

        public bool GivesBack { get; init; }

        public bool Covers(HttpRequest request)
        {
            Interlocked.Increment(ref _asked);
            return true;
        }

        public async Task<bool> TryAnswerAsync(DirectRequest request)
        {
            Interlocked.Increment(ref _taken);
            if (Fault is not null)
            {
                throw Fault;
            }
            if (GivesBack)
            {
                return false;
            }
            var seen = await EdgeApp.Tell(request.Context);
            request.CompleteHeaders();
            await Results.Json(seen, PortalJson.Options).ExecuteAsync(request.Context);
            return true;
        }
    }
}
