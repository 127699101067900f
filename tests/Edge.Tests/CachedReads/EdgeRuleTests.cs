using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Edge.CachedReads;

namespace PortalServices.Edge.Tests.CachedReads;

/// <summary>
/// The rules of the edge hold for each reader of a reply that is cached, and what they add is nobody else's.
/// </summary>
public sealed class EdgeRuleTests
{
    private const string Stats = "/api/sites/sonla/stats";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_reader_is_told_of_its_own_origin()
    {
        await using var app = await StartAsync(_ => { });
        foreach (var origin in new[] { "https://portal.example", null, "https://www.portal.example" })
        {
            using var reply = await GetAsync(app, Stats, origin);
            Assert.Equal(
                (200, origin, "Origin"),
                ((int)reply.StatusCode, reply.Header("Access-Control-Allow-Origin"), reply.Header("Vary"))
            );
            Assert.Equal("nosniff", reply.Header("X-Content-Type-Options"));
            using var same = await app.GetAsync(
                Door.Public,
                Stats,
                ("If-None-Match", reply.Header("ETag")!),
                ("Origin", origin ?? "https://portal.example")
            );
            Assert.Equal(
                (304, origin ?? "https://portal.example", reply.Header("ETag")),
                ((int)same.StatusCode, same.Header("Access-Control-Allow-Origin"), same.Header("ETag"))
            );
        }
        Assert.Equal(1, app.Services.GetRequiredService<Asked>().Count);
    }

    [Fact]
    public async Task Who_is_refused_at_the_edge_is_refused_what_is_cached()
    {
        await using var app = await StartAsync(_ => { });
        using var first = await app.GetAsync(Door.Public, Stats);
        using var foreign = await GetAsync(app, Stats, "https://elsewhere.example");
        Assert.Equal((403, "foreign_origin"), await foreign.OutcomeAsync());
        using var nobody = await app.GetAsync(Door.Public, "/api/sites/nobody/stats");
        Assert.Equal((404, "unknown_site"), await nobody.OutcomeAsync());
        using var large = await app.GetAsync(Door.Public, Stats, ("X-Large", new string('x', 17_000)));
        Assert.Equal((431, "headers_too_large"), await large.OutcomeAsync());
        Assert.Equal(1, app.Services.GetRequiredService<ReadCache>().Entries.Count);
    }

    [Fact]
    public async Task Operators_are_answered_by_the_service()
    {
        await using var app = await StartAsync(_ => { });
        for (var read = 1; read <= 2; read++)
        {
            using var reply = await app.GetAsync(Door.Operators, Stats);
            Assert.Equal((200, null), ((int)reply.StatusCode, reply.Header("Age")));
            Assert.Equal(read, app.Services.GetRequiredService<Asked>().Count);
        }
        Assert.Equal(0, app.Services.GetRequiredService<ReadCache>().Entries.Count);
    }

    [Fact]
    public async Task Each_reader_has_it_in_the_encoding_that_it_reads()
    {
        var text = new string('x', 5_000);
        await using var app = await StartAsync(asked => asked.Text = text);
        using var compressed = await app.GetAsync(Door.Public, Stats, ("Accept-Encoding", "br"));
        using var plain = await app.GetAsync(Door.Public, Stats);
        Assert.Equal(("br", null), (compressed.Header("Content-Encoding"), plain.Header("Content-Encoding")));
        await using var read = new BrotliStream(
            await compressed.Content.ReadAsStreamAsync(Cancel),
            CompressionMode.Decompress
        );
        var body = await plain.Content.ReadAsStringAsync(Cancel);
        Assert.Contains(text, body, StringComparison.Ordinal);
        Assert.Equal(body, await new StreamReader(read).ReadToEndAsync(Cancel));
        Assert.Equal(1, app.Services.GetRequiredService<Asked>().Count);
    }

    [Fact]
    public async Task A_failure_without_words_has_those_of_each_reader()
    {
        await using var app = await StartAsync(asked => asked.Status = 503);
        foreach (var language in new[] { "vi", "en" })
        {
            using var reply = await app.GetAsync(Door.Public, Stats, ("Accept-Language", language));
            Assert.Equal((503, "service_unavailable"), await reply.OutcomeAsync());
            Assert.Equal((language, "1"), (reply.Header("Content-Language"), reply.Header("Retry-After")));
        }
    }

    [Fact]
    public async Task HEAD_has_the_length_and_no_body()
    {
        await using var app = await StartAsync(_ => { });
        using var get = await app.GetAsync(Door.Public, Stats);
        using var head = await app.SendAsync(Door.Public, HttpMethod.Head, Stats);
        Assert.Equal(
            (200, get.Header("Content-Length"), get.Header("ETag"), ""),
            (
                (int)head.StatusCode,
                head.Header("Content-Length"),
                head.Header("ETag"),
                await head.Content.ReadAsStringAsync(Cancel)
            )
        );
    }

    /// <summary>It begins behind everything else.</summary>
    [Theory]
    [InlineData("GET", 304)]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 503)]
    public async Task What_is_forwarded_may_have_no_body(string method, int status)
    {
        await using var app = await StartAsync(_ => { }, "--CachedReads:MaxEntries=1");
        using var cached = await app.GetAsync(Door.Public, Stats);
        app.Services.GetRequiredService<Asked>().Status = status;
        using var reply = await app.SendAsync(
            Door.Public,
            new HttpMethod(method),
            Stats + "?page=/other",
            null,
            ("Origin", "https://portal.example")
        );
        Assert.Equal(
            (status, "https://portal.example", "nosniff"),
            ((int)reply.StatusCode, reply.Header("Access-Control-Allow-Origin"), reply.Header("X-Content-Type-Options"))
        );
        Assert.Equal(1, app.Services.GetRequiredService<ReadCache>().Entries.Count);
    }

    private static Task<HttpResponseMessage> GetAsync(TestApp app, string path, string? origin) =>
        origin is null ? app.GetAsync(Door.Public, path) : app.GetAsync(Door.Public, path, ("Origin", origin));

    private static Task<TestApp> StartAsync(Action<Asked> prepare, params string[] settings)
    {
        var asked = new Asked();
        prepare(asked);
        return TestApp.StartAsync(
            builder =>
            {
                builder.AddEdge();
                // It stands still, so what is cached stays current.
                builder.Services.AddSingleton<TimeProvider>(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
                builder.Services.AddCachedReads().AddSingleton(asked);
            },
            app =>
            {
                app.UseEdge();
                app.MapMethods("/api/sites/{site}/stats", ["GET", "HEAD"], asked.AnswerAsync)
                    .CacheReads(app.Services, "page");
            },
            settings
        );
    }

    private sealed class Asked
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public string Text { get; set; } = "";

        public int Status { get; set; } = 200;

        public Task AnswerAsync(HttpContext context)
        {
            Interlocked.Increment(ref _count);
            context.Response.StatusCode = Status;
            if (Status != 200)
            {
                return Task.CompletedTask;
            }
            context.Response.ContentType = "application/json";
            context.Response.Headers.ETag = "W/\"1\"";
            return context.Response.WriteAsync($$"""{"text":"{{Text}}","stale":false}""", context.RequestAborted);
        }
    }
}
