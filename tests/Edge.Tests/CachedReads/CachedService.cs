using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Edge.CachedReads;

namespace PortalServices.Edge.Tests.CachedReads;

/// <summary>
/// A cache in front of a stand-in for a service, with a clock that the test sets. Its numbers are how often it was
/// asked, so that a reply tells which request it comes from.
/// </summary>
internal sealed class CachedService : IDisposable
{
    public const string Page = "?page=%2Fa";

    private static readonly CachedRoute Route = new("stats", ["page"]);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private int _asked;

    public CachedService(CachedReadsOptions? options = null)
    {
        Cache = new ReadCache(
            Options.Create(options ?? new CachedReadsOptions()),
            Options.Create(new EdgeOptions()),
            new EdgeTelemetry(_services.GetRequiredService<IMeterFactory>()),
            _services,
            Clock,
            NullLogger<ReadCache>.Instance
        );
        Answer = AnswerAsync;
    }

    public FakeTimeProvider Clock { get; } = new();

    public ReadCache Cache { get; }

    /// <summary>How often the service was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What was asked for last, with its query.</summary>
    public string LastTarget { get; private set; } = "";

    /// <summary>How the service answers; at first with the number of the request.</summary>
    public Func<HttpContext, Task> Answer { get; set; }

    /// <summary>As the service answers while nothing is wrong.</summary>
    public Task AnswerAsync(HttpContext context) => AnswerAsync(context, Asked);

    public static Task AnswerAsync(HttpContext context, int number)
    {
        var body = Body(number);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = Tag(number);
        context.Response.ContentLength = body.Length;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    public static string Body(int number, bool stale = false) =>
        $$"""{"views":{{number}},"page":"\"stale\":false","stale":{{(stale ? "true" : "false")}},"storeLoss":false}""";

    public static string Tag(int number) => $"W/\"{number:x8}\"";

    /// <summary>Waits for a reply.</summary>
    public Task<Reply> ReadAsync(
        string query = Page,
        string method = "GET",
        params (string Name, string Value)[] headers
    ) => ReadAsync(Request(query, method, headers));

    /// <summary>Likewise, until the reader leaves.</summary>
    public Task<Reply> ReadUntilAsync(CancellationTokenSource left, string query = Page)
    {
        var context = Request(query);
        context.RequestAborted = left.Token;
        return ReadAsync(context);
    }

    public async Task<Reply> ReadAsync(HttpContext context)
    {
        await Cache.RunAsync(context, Route, NextAsync);
        await context.Response.CompleteAsync();
        var body = (MemoryStream)context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().Stream;
        return new Reply(
            context.Response.StatusCode,
            Encoding.UTF8.GetString(body.ToArray()),
            context.Response.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            )
        );
    }

    public DefaultHttpContext Request(
        string query = Page,
        string method = "GET",
        params (string Name, string Value)[] headers
    )
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.Method = method;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("portal.example");
        context.Request.Path = "/api/sites/sonla/stats";
        context.Request.QueryString = new QueryString(query);
        context.Request.RouteValues = new RouteValueDictionary { ["site"] = "sonla" };
        context.Response.Body = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }
        return context;
    }

    public void Dispose() => _services.Dispose();

    private Task NextAsync(HttpContext context)
    {
        Interlocked.Increment(ref _asked);
        LastTarget = context.Request.Path + context.Request.QueryString;
        return Answer(context);
    }
}

/// <summary>What a reader was sent.</summary>
internal sealed record Reply(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string? Tag => Header("ETag");

    public bool IsStale => Body.Contains("\"stale\":true", StringComparison.Ordinal);
}
