using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.Content.Storage;
using PortalServices.Database;
using PortalServices.DeadLetters;
using PortalServices.Http.Json;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using OperatorKey = PortalServices.Testing.Shapes.OperatorKey;

namespace PortalServices.Content.Tests.Fixtures;

/// <summary>An article that a test has written, as it was told last.</summary>
public sealed record WrittenArticle(Guid Id, string Slug, string Tag, JsonElement Json);

/// <summary>
/// Content in the process of the tests, on a database of its own and with events delivered in the process.
/// </summary>
public sealed class ContentApp : IAsyncDisposable
{
    /// <summary>The first origin of the sites of <see cref="NewSite"/>.</summary>
    public const string Origin = "https://portal.example";

    private const int Sites = 200;

    private static readonly OperatorKey Editor = new("Biên tập", ["content.write"], ["*"]);
    private static readonly OperatorKey Reader = new("Người đọc", ["content.read"], ["*"]);

    private readonly TestApp _app;
    private readonly string _sitesFile;
    private int _sites,
        _englishSites;

    private ContentApp(TestApp app, string sitesFile) => (_app, _sitesFile) = (app, sitesFile);

    /// <summary>Its parts.</summary>
    public IServiceProvider Services => _app.Services;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it and waits until its tables are there.</summary>
    /// <param name="database">The connection string, which chooses the database.</param>
    /// <param name="time">Its clock; null for the real one.</param>
    /// <param name="settings">More settings.</param>
    public static Task<ContentApp> StartAsync(string database, TimeProvider? time = null, params string[] settings) =>
        StartAsync(database, _ => { }, time, settings);

    /// <summary>Starts it with other parts than it has by itself.</summary>
    public static async Task<ContentApp> StartAsync(
        string database,
        Action<IServiceCollection> replace,
        TimeProvider? time = null,
        params string[] settings
    )
    {
        var sites = Path.GetTempFileName();
        await File.WriteAllTextAsync(sites, SitesJson());
        var app = await TestApp.StartAsync(
            builder =>
            {
                if (time is not null)
                {
                    builder.Services.Replace(ServiceDescriptor.Singleton(time));
                }
                builder.AddOperatorAccess().AddContent().AddMessaging(bus => bus.AddContentConsumers());
                replace(builder.Services);
            },
            map => map.UseOperatorAccess().MapContent().MapMessaging(),
            [
                $"--Sites:File={sites}",
                $"--ConnectionStrings:content={database}",
                "--Messaging:RetryAfter=00:00:00.010",
                "--Messaging:PollEvery=00:00:00.020",
                .. Editor.Settings(0),
                .. Reader.Settings(1),
                .. settings,
            ]
        );
        await app
            .Services.GetRequiredService<DatabaseMigrator<ContentContext>>()
            .Done.WaitAsync(TimeSpan.FromMinutes(3), Cancel);
        return new ContentApp(app, sites);
    }

    /// <summary>
    /// A Vietnamese site that no other test of this application uses: two origins, the zone of Vietnam.
    /// </summary>
    public string NewSite() => $"trang-{Next(ref _sites)}";

    /// <summary>An English one, without origins, in the zone of New York.</summary>
    public string NewEnglishSite() => $"english-{Next(ref _englishSites)}";

    /// <summary>GET of a public address of a site, such as <c>articles?q=…</c>.</summary>
    public Task<AppReply> GetAsync(string site, string path, params (string Name, string Value)[] headers) =>
        SendAsync(Door.Public, HttpMethod.Get, $"/api/sites/{site}/{path}", null, headers);

    /// <summary>HEAD of a public address of a site.</summary>
    public Task<AppReply> HeadAsync(string site, string path) =>
        SendAsync(Door.Public, HttpMethod.Head, $"/api/sites/{site}/{path}", null);

    /// <summary>GET of an operators' address of a site.</summary>
    public Task<AppReply> ReadAsync(string site, string path, params (string Name, string Value)[] headers) =>
        SendAsync(
            Door.Operators,
            HttpMethod.Get,
            $"/api/operator/sites/{site}/{path}",
            null,
            [Bearer(Reader), .. headers]
        );

    /// <summary>A change by the editor.</summary>
    /// <param name="method">POST, PUT, DELETE.</param>
    /// <param name="site">The site.</param>
    /// <param name="path">What follows it, such as <c>videos</c>.</param>
    /// <param name="body">Written as JSON, a text and a content as they are; null for none.</param>
    /// <param name="ifMatch">What was read before; null to say nothing.</param>
    /// <param name="headers">More headers.</param>
    public Task<AppReply> EditAsync(
        HttpMethod method,
        string site,
        string path,
        object? body = null,
        string? ifMatch = null,
        params (string Name, string Value)[] headers
    )
    {
        var text =
            body as string ?? (body is null or HttpContent ? null : JsonSerializer.Serialize(body, PortalJson.Options));
        var content =
            body as HttpContent
            ?? (
                text is null
                    ? null
                    : new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"))
            );
        return SendAsync(
            Door.Operators,
            method,
            $"/api/operator/sites/{site}/{path}",
            content,
            [Bearer(Editor), .. ifMatch is null ? [] : new[] { ("If-Match", ifMatch) }, .. headers]
        );
    }

    /// <summary>Writes a draft.</summary>
    /// <param name="site">Its site.</param>
    /// <param name="title">Its title.</param>
    /// <param name="body">Markdown, unless <paramref name="more"/> says otherwise.</param>
    /// <param name="more">More fields: an anonymous object.</param>
    public async Task<WrittenArticle> WriteAsync(
        string site,
        string title,
        string body = "Nội dung.",
        object? more = null
    ) =>
        Written(
            (await EditAsync(HttpMethod.Post, site, "articles", With(new { title, body }, more))).Is(
                HttpStatusCode.Created
            )
        );

    /// <summary>Publishes it, at an instant with a zone or now.</summary>
    public async Task<WrittenArticle> PublishAsync(string site, WrittenArticle article, string? at = null) =>
        Written(
            (
                await EditAsync(
                    HttpMethod.Post,
                    site,
                    $"articles/{article.Id}/publish",
                    at is null ? null : new { publishAt = at },
                    article.Tag
                )
            ).Is(HttpStatusCode.OK)
        );

    /// <summary>Writes an article and publishes it.</summary>
    public async Task<WrittenArticle> WriteAndPublishAsync(
        string site,
        string title,
        string body = "Nội dung.",
        string? at = null,
        object? more = null
    ) => await PublishAsync(site, await WriteAsync(site, title, body, more), at);

    /// <summary>Changes it.</summary>
    public async Task<WrittenArticle> ChangeAsync(
        string site,
        WrittenArticle article,
        string title,
        string body = "Nội dung.",
        object? more = null
    ) =>
        Written(
            (
                await EditAsync(
                    HttpMethod.Put,
                    site,
                    $"articles/{article.Id}",
                    With(new { title, body }, more),
                    article.Tag
                )
            ).Is(HttpStatusCode.OK)
        );

    /// <summary>Takes it back.</summary>
    public async Task<WrittenArticle> WithdrawAsync(string site, WrittenArticle article) =>
        Written(
            (await EditAsync(HttpMethod.Post, site, $"articles/{article.Id}/withdraw", ifMatch: article.Tag)).Is(
                HttpStatusCode.OK
            )
        );

    /// <summary>Hands an event to content, as the bus does.</summary>
    public Task TellAsync(object message) =>
        Services.GetRequiredService<MassTransit.Mediator.IMediator>().Publish(message, Cancel);

    /// <summary>Sends a request as it is.</summary>
    public async Task<AppReply> SendAsync(
        Door door,
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        using var reply = await _app.SendAsync(door, method, path, content, headers);
        return await AppReply.ReadAsync(reply, Cancel);
    }

    /// <summary>Where a door is.</summary>
    public Uri At(Door door, string path = "/") => _app.At(door, path);

    /// <summary>Works with the database.</summary>
    internal async Task<T> WithDatabaseAsync<T>(Func<ContentContext, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ContentContext>());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(_sitesFile);
    }

    private static (string Name, string Value) Bearer(OperatorKey key) => ("Authorization", $"Bearer {key.Value}");

    private static WrittenArticle Written(AppReply reply) =>
        new(
            reply.Json.GetProperty("id").GetGuid(),
            reply.Json.GetProperty("slug").GetString()!,
            reply.Tag!,
            reply.Json
        );

    private static JsonObject With(object fields, object? more)
    {
        var all = JsonSerializer.SerializeToNode(fields, PortalJson.Options)!.AsObject();
        foreach (
            var (name, value) in more is null
                ? []
                : JsonSerializer.SerializeToNode(more, PortalJson.Options)!.AsObject()
        )
        {
            all[name] = value?.DeepClone();
        }
        return all;
    }

    private static int Next(ref int sites)
    {
        var site = Interlocked.Increment(ref sites);
        return site <= Sites ? site : throw new InvalidOperationException($"There are {Sites} sites.");
    }

    private static string SitesJson()
    {
        var numbers = Enumerable.Range(1, Sites).ToList();
        return JsonSerializer.Serialize(
            new
            {
                sites = numbers
                    .Select(
                        object (n) =>
                            new
                            {
                                id = $"trang-{n}",
                                name = $"Trang số {n}",
                                origins = new[] { Origin, "https://www.portal.example" },
                            }
                    )
                    .Concat(
                        numbers.Select(
                            object (n) =>
                                new
                                {
                                    id = $"english-{n}",
                                    name = $"English {n}",
                                    language = "en",
                                    zone = "America/New_York",
                                }
                        )
                    ),
            },
            PortalJson.Options
        );
    }
}
