using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PortalServices.Portal.Tests;

/// <summary>The API as pages read it, with texts that a test chooses.</summary>
internal sealed class FakeServices
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Stands in every title.</summary>
    public string Title { get; set; } = "Hội nghị tổng kết";

    public string Html { get; set; } = "<p>Nội dung.</p>";

    public long Total { get; set; } = 18_481_240;

    public bool IsStale { get; set; }

    /// <summary>Views of each article.</summary>
    public long ArticleViews { get; set; } = 477;

    /// <summary>Views of the last day that has begun.</summary>
    public long DayViews { get; set; } = 7;

    /// <summary>Routes, by their first part, that answer 503.</summary>
    public HashSet<string> Away { get; } = [];

    /// <summary>Routes, by their first part, that answer nothing at all; <c>post</c> and <c>captchas</c> too.</summary>
    public HashSet<string> Hung { get; } = [];

    /// <summary>Lets go of whatever hangs.</summary>
    public void End() => _end.TrySetResult();

    /// <summary>Whether lists have no items on the page that is asked for.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>Of the numbers.</summary>
    public string AsOf { get; set; } = "2026-11-30T03:32:00Z";

    /// <summary>The most viewed pages.</summary>
    public List<string> Top { get; } = ["/articles/mot"];

    /// <summary>Answers to the form, the next first; a receipt when there is none.</summary>
    public Queue<(int Status, JsonObject Body)> Refusals { get; } = [];

    /// <summary>What was sent, oldest first.</summary>
    public List<Sent> Posted { get; } = [];

    /// <summary>Requests of visitors alone.</summary>
    public List<Sent> Read { get; } = [];

    /// <summary>How often an address was asked for, whatever came of it.</summary>
    public int Calls(string address) => _calls.GetValueOrDefault(address);

    public int AllCalls => _calls.Values.Sum();

    /// <summary>Reads that were answered by a whole reply.</summary>
    public int Whole;

    /// <summary>Set while a test wants the services to hang.</summary>
    public TaskCompletionSource? Hanging { get; set; }

    /// <summary>A whole reply in place of every other.</summary>
    public string? Nonsense { get; set; }

    public void Map(WebApplication app)
    {
        object Article(string slug) =>
            new
            {
                slug,
                path = $"/articles/{slug}",
                title = Title,
                summary = Title,
                author = "Hà Diệu Linh",
                category = "tin-tuc",
                coverImage = "https://images.example/a.png",
                coverAlt = "Hội trường",
                publishedAt = "2026-11-18T07:35:00Z",
                changedAt = "2026-11-18T07:35:00Z",
                html = Html,
                views = ArticleViews,
                snippet = new
                {
                    text = $"Một {Title} khác",
                    hits = new[]
                    {
                        new { start = 0, length = 3 },
                        new { start = 2, length = 9 },
                        new { start = 900, length = 3 },
                    },
                },
            };
        object List(params object[] items) =>
            new
            {
                items = IsEmpty ? [] : items,
                total = 45,
                page = 2,
                pageSize = 20,
            };
        Get(app, "articles", _ => List(Article("mot"), Article("hai")));
        Get(
            app,
            "articles/{slug}",
            context =>
                (string)context.Request.RouteValues["slug"]! switch
                {
                    "mot" or "hai" => Article("mot"),
                    "cu" => Results.Redirect($"/api/sites/{context.Request.RouteValues["site"]}/articles/mot", true),
                    _ => null,
                }
        );
        Get(
            app,
            "categories",
            _ =>
                List(
                    new
                    {
                        slug = "tin-tuc",
                        name = Title,
                        articles = 2,
                    }
                )
        );
        Get(
            app,
            "videos",
            _ =>
                List(
                    new
                    {
                        title = Title,
                        summary = Title,
                        url = "https://video.example/1",
                        thumbnail = "https://images.example/v.png",
                        durationSeconds = 61,
                        publishedAt = "2026-11-18T07:35:00Z",
                    }
                )
        );
        var columns = new[] { new { name = "so", title = Title } };
        Get(
            app,
            "lookups",
            _ =>
                List(
                    new
                    {
                        slug = "van-ban",
                        title = Title,
                        summary = Title,
                        columns,
                        rows = 3,
                    }
                )
        );
        Get(
            app,
            "lookups/{slug}",
            context =>
                (string)context.Request.RouteValues["slug"]! != "van-ban"
                    ? null
                    : new
                    {
                        slug = "van-ban",
                        title = Title,
                        summary = Title,
                        columns,
                        items = new[] { new[] { Title } },
                        total = 1,
                        page = 1,
                        pageSize = 20,
                    }
        );
        object Published() =>
            new
            {
                title = Title,
                content = Title,
                answer = Title,
                receivedAt = "2026-11-18T07:35:00Z",
                answeredAt = "2026-11-19T07:35:00Z",
                publishedAt = "2026-11-20T07:35:00Z",
                category = "hoc-phi",
            };
        Get(app, "feedback", _ => List(Published()));
        Get(app, "feedback/similar", _ => new { items = new[] { Published() } });
        Get(
            app,
            "stats",
            context => new
            {
                online = 3,
                views = new
                {
                    today = 31_315,
                    week = 96_101,
                    total = Total,
                },
                visitors = new
                {
                    today = 1,
                    week = 2,
                    total = 3,
                },
                page = new
                {
                    path = context.Request.Query["page"].ToString(),
                    views = new
                    {
                        today = 1,
                        week = 2,
                        total = 478,
                    },
                },
                asOf = AsOf,
                stale = IsStale,
            }
        );
        Get(
            app,
            "pages/top",
            _ => new
            {
                items = Top.Select(path => new
                {
                    path,
                    views = new
                    {
                        today = 1,
                        week = 2,
                        total = 3,
                    },
                }),
            }
        );
        Get(
            app,
            "traffic",
            _ => new
            {
                items = new[]
                {
                    new { start = "2026-11-29T17:00:00Z", views = DayViews },
                    new { start = "2026-11-30T17:00:00Z", views = 0L },
                },
            }
        );
        app.MapGet(
            "/api/sites/{site}/feedback/{receipt}",
            (HttpContext context, string receipt) =>
            {
                Read.Add(Sent.Of(context, ""));
                return receipt == "7KQ2-M0XA-T9RD"
                    ? Results.Json(
                        new
                        {
                            receipt,
                            status = "answered",
                            receivedAt = "2026-11-18T07:35:00Z",
                            dueBy = "2026-12-09",
                            title = Title,
                            answer = Title,
                            answeredAt = "2026-11-19T07:35:00Z",
                            timeline = new[]
                            {
                                new { status = "received", at = "2026-11-18T07:35:00Z" },
                                new { status = "answered", at = "2026-11-19T07:35:00Z" },
                            },
                        }
                    )
                    : Results.NotFound();
            }
        );
        app.MapPost(
            "/api/captchas",
            (Delegate)(
                (HttpContext context) =>
                    TakeAsync(
                        context,
                        new
                        {
                            id = $"ma-{Posted.Count + 1}",
                            imageUrl = "/i",
                            audioUrl = "/a",
                        }
                    )
            )
        );
        app.MapPost(
            "/api/sites/{site}/feedback",
            (Delegate)((HttpContext context) => TakeAsync(context, new { receipt = "7KQ2-M0XA-T9RD" }))
        );
        app.MapPost("/api/sites/{site}/articles/{slug}/rating", (Delegate)TakeRatingAsync);
    }

    private Task<IResult> TakeRatingAsync(HttpContext context) =>
        context.Request.RouteValues["slug"] is "mot" or "hai" or "cu"
            ? TakeAsync(context, new { helpful = true })
            : Task.FromResult(
                Results.Json(new { title = "Không có bài viết này.", code = "unknown_article" }, statusCode: 404)
            );

    private async Task<IResult> TakeAsync(HttpContext context, object answer)
    {
        using var body = new StreamReader(context.Request.Body);
        var text = await body.ReadToEndAsync();
        Posted.Add(Sent.Of(context, text));
        var isCaptcha = context.Request.Path.StartsWithSegments("/api/captchas");
        if (Hung.Contains(isCaptcha ? "captchas" : "post"))
        {
            await _end.Task.WaitAsync(context.RequestAborted);
        }
        return Away.Contains(isCaptcha ? "captchas" : "post") ? Results.StatusCode(503)
            : !isCaptcha && Refusals.TryDequeue(out var refusal)
                ? Results.Json(refusal.Body, statusCode: refusal.Status)
            : Results.Json(answer, statusCode: 201);
    }

    private void Get(WebApplication app, string route, Func<HttpContext, object?> reply) =>
        app.MapGet(
            $"/api/sites/{{site}}/{route}",
            async (HttpContext context) =>
            {
                if (Hung.Contains(route.Split('/')[0]))
                {
                    await _end.Task.WaitAsync(context.RequestAborted);
                }
                if (Hanging is { } hanging)
                {
                    await hanging.Task.WaitAsync(context.RequestAborted);
                }
                _calls.AddOrUpdate(
                    context.Request.Path.Value!.Split('/', 5)[4] + context.Request.QueryString,
                    1,
                    (_, calls) => calls + 1
                );
                if (Nonsense is { } nonsense)
                {
                    return Results.Text(nonsense, "application/json");
                }
                if (Away.Contains(route.Split('/')[0]))
                {
                    return Results.StatusCode(503);
                }
                var value = reply(context);
                if (value is null or IResult)
                {
                    return value as IResult ?? Results.NotFound();
                }
                var json = JsonSerializer.SerializeToUtf8Bytes(value);
                var tag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(json))[..16]}\"";
                if (context.Request.Headers.IfNoneMatch == tag)
                {
                    return Results.StatusCode(304);
                }
                Interlocked.Increment(ref Whole);
                context.Response.Headers.ETag = tag;
                return Results.Bytes(json, "application/json");
            }
        );
}

/// <summary>What a service got.</summary>
internal sealed record Sent(
    string Path,
    string? Client,
    string UserAgent,
    string Language,
    string? Key,
    JsonNode? Body,
    bool HasEvil
)
{
    public static Sent Of(HttpContext context, string body) =>
        new(
            context.Request.Path,
            context.Connection.RemoteIpAddress?.ToString(),
            context.Request.Headers.UserAgent.ToString(),
            context.Request.Headers.AcceptLanguage.ToString(),
            context.Request.Headers["Idempotency-Key"],
            body.Length == 0 ? null : JsonNode.Parse(body),
            context.Request.Headers.ContainsKey("X-Evil")
        );
}
