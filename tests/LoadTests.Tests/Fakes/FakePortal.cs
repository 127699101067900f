using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using PortalServices.Testing.Processes;

namespace PortalServices.LoadTests.Tests.Fakes;

/// <summary>
/// What the tool asks of a portal, in memory: it counts as the product promises, unless a test has it lose, double or
/// fail.
/// </summary>
internal sealed class FakePortal : IAsyncDisposable
{
    /// <summary>A site for load tests.</summary>
    public const string Site = "loadtest";

    /// <summary>One that is none.</summary>
    public const string RealSite = "sonla";

    private readonly ConcurrentDictionary<(string Site, string View), bool> _ids = new();
    private readonly ConcurrentDictionary<(string Site, string Page), long> _views = new();
    private readonly WebApplication _app;
    private int _posts;

    private FakePortal(WebApplication app, Uri door) => (_app, Door) = (app, door);

    public Uri Door { get; }

    /// <summary>What a view is answered with before it is looked at; null goes on.</summary>
    public Func<Sent, HttpContext, Task<IResult?>> Before { get; set; } = (_, _) => Task.FromResult<IResult?>(null);

    /// <summary>How often a new view counts: 0 loses it, 2 doubles it.</summary>
    public Func<Sent, int> Counts { get; set; } = _ => 1;

    /// <summary>Whether the page of a view counts under "other".</summary>
    public Func<Sent, bool> IsElsewhere { get; set; } = _ => false;

    /// <summary>What a view is answered with after it was counted; null for the reply.</summary>
    public Func<Sent, IResult?> After { get; set; } = _ => null;

    /// <summary>What a question for pages is answered with; null for the numbers.</summary>
    public Func<IResult?> Pages { get; set; } = () => null;

    /// <summary>Whether what tells of its sites is there.</summary>
    public bool TellsOfSites { get; set; } = true;

    /// <summary>Posts of views so far.</summary>
    public int Posts => Volatile.Read(ref _posts);

    /// <summary>Views counted so far.</summary>
    public long Counted => _views.Values.Sum();

    public static async Task<FakePortal> StartAsync()
    {
        var door = new Uri(FormattableString.Invariant($"http://127.0.0.1:{Ports.Free()}/"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(door.AbsoluteUri);
        var app = builder.Build();
        var portal = new FakePortal(app, door);
        portal.Map(app);
        await app.StartAsync();
        return portal;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(
            "/api/sites/{site}",
            (string site) =>
                !TellsOfSites ? Results.StatusCode(503)
                : site is Site or RealSite ? Results.Json(new { loadTest = site == Site })
                : Results.NotFound()
        );
        app.MapPost("/api/sites/{site}/views", PostAsync);
        app.MapPost(
            "/api/sites/{site}/pages/query",
            async (string site, HttpContext context) =>
            {
                var asked = await context.Request.ReadFromJsonAsync<JsonElement>(context.RequestAborted);
                return Pages()
                    ?? Results.Json(
                        new
                        {
                            items = asked
                                .GetProperty("paths")
                                .EnumerateArray()
                                .Select(path => Numbers(site, path.GetString()!)),
                            stale = false,
                            storeLoss = false,
                        }
                    );
            }
        );
    }

    private async Task<IResult> PostAsync(string site, HttpContext context)
    {
        Interlocked.Increment(ref _posts);
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(
            context.Request.Body,
            cancellationToken: context.RequestAborted
        );
        var sent = new Sent(
            body.GetProperty("view").GetString()!,
            body.GetProperty("page").GetString()!,
            body.GetProperty("age").GetInt64()
        );
        if (await Before(sent, context) is { } refused)
        {
            return refused;
        }
        var isNew = _ids.TryAdd((site, sent.View), true);
        var page = IsElsewhere(sent) ? "*" : sent.Page;
        if (isNew && Counts(sent) is > 0 and var times)
        {
            _views.AddOrUpdate((site, page), times, (_, before) => before + times);
        }
        return After(sent)
            ?? (
                context.Request.Query["return"] == "minimal"
                    ? Results.NoContent()
                    : Results.Json(
                        new
                        {
                            counted = isNew,
                            reason = isNew ? null : "duplicate",
                            site,
                            page = Numbers(site, sent.Page),
                        }
                    )
            );
    }

    private object Numbers(string site, string path) =>
        new
        {
            path,
            views = new
            {
                today = 0,
                week = 0,
                total = _views.GetValueOrDefault((site, path)),
            },
        };
}

/// <summary>A view as it was sent.</summary>
internal sealed record Sent(string View, string Page, long Age)
{
    public bool HasOwnPage => Page.Contains("/o/", StringComparison.Ordinal);

    public long Sequence =>
        long.Parse(View[(View.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
