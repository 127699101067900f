using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.Database;
using PortalServices.DeadLetters;
using PortalServices.Http.Json;
using PortalServices.Messaging;
using PortalServices.Messaging.Retired;
using PortalServices.OperatorAccess;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using OperatorKey = PortalServices.Testing.Shapes.OperatorKey;

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>Feedback that a test has sent: its receipt, and what operators know it by.</summary>
public sealed record SentFeedback(string Site, string Receipt, Guid Id);

/// <summary>
/// Feedback in the process of the tests, on a database of its own and with events delivered in the process.
/// </summary>
public sealed class FeedbackApp : IAsyncDisposable
{
    /// <summary>The first operator's name.</summary>
    public const string Officer = "Cán bộ";

    private const int Sites = 100;

    private static readonly OperatorKey Writer = new(Officer, ["feedback.read", "feedback.write"], ["*"]);

    private readonly TestApp _app;
    private readonly string _sitesFile;
    private int _sites;

    private FeedbackApp(TestApp app, string sitesFile) => (_app, _sitesFile) = (app, sitesFile);

    /// <summary>Its parts.</summary>
    public IServiceProvider Services => _app.Services;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Starts it and waits until its tables are there. Nobody is too fast for its captcha, or submits too much, unless
    /// the settings say otherwise.
    /// </summary>
    /// <param name="database">The connection string, which chooses the database.</param>
    /// <param name="time">Its clock; null for the real one.</param>
    /// <param name="settings">More settings.</param>
    public static Task<FeedbackApp> StartAsync(string database, TimeProvider? time = null, params string[] settings) =>
        StartAsync(database, _ => { }, time, settings);

    /// <summary>Starts it with other parts than it has by itself.</summary>
    public static async Task<FeedbackApp> StartAsync(
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
                builder.AddOperatorAccess().AddFeedback().AddMessaging(bus => bus.AddFeedbackConsumers());
                builder.Services.AddSingleton<IStartupFilter>(new ClientsByHeader());
                replace(builder.Services);
            },
            map => map.UseOperatorAccess().MapFeedback().MapMessaging(),
            [
                $"--Sites:File={sites}",
                $"--ConnectionStrings:feedback={database}",
                "--Messaging:RetryAfter=00:00:00.010",
                "--Messaging:PollEvery=00:00:00.020",
                "--Captcha:FastestFill=00:00:00",
                "--Captcha:AddressSubmissionsPerHour=1000000",
                "--Captcha:SiteSubmissionsPerHour=1000000",
                $"--Feedback:Holidays={Path.Combine(Repository.Root, "seeds", "holidays")}",
                .. Writer.Settings(0),
                .. settings,
            ]
        );
        await app
            .Services.GetRequiredService<DatabaseMigrator<FeedbackContext>>()
            .Done.WaitAsync(TimeSpan.FromMinutes(3), Cancel);
        return new FeedbackApp(app, sites);
    }

    /// <summary>A Vietnamese site, in the zone of Vietnam, that no other test of this application uses.</summary>
    public string NewSite()
    {
        var site = Interlocked.Increment(ref _sites);
        return site <= Sites ? $"trang-{site}" : throw new InvalidOperationException($"There are {Sites} sites.");
    }

    /// <summary>A challenge with its answer.</summary>
    public async Task<(string Id, string Answer)> NewCaptchaAsync()
    {
        var id = (await SendAsync(Door.Public, HttpMethod.Post, "/api/captchas", null))
            .Is(HttpStatusCode.Created)
            .Json.GetProperty("id")
            .GetString()!;
        return (id, Services.GetRequiredService<CaptchaChallenges>().Read(id)!.Answer);
    }

    /// <summary>Sends feedback with a fresh captcha, and returns whatever is answered.</summary>
    /// <param name="site">The site.</param>
    /// <param name="key">The idempotency key; null for a fresh one.</param>
    /// <param name="fullName">The sender.</param>
    /// <param name="title">The title.</param>
    /// <param name="content">The text.</param>
    /// <param name="email">Where the answer goes; null for nowhere.</param>
    /// <param name="phone">The telephone number.</param>
    /// <param name="language">As in Accept-Language.</param>
    /// <param name="captcha">The challenge and what is answered to it; null for a fresh one with the right
    /// answer.</param>
    /// <param name="category">The heading; null for none.</param>
    public async Task<AppReply> SubmitAsync(
        string site,
        string? key = null,
        string fullName = "Nguyễn Văn An",
        string title = "Học phí",
        string content = "Trường thu học phí thế nào?",
        string? email = null,
        string? phone = null,
        string language = "vi",
        (string? Id, string? Answer)? captcha = null,
        string? category = null
    )
    {
        var (id, answer) = captcha ?? await NewCaptchaAsync();
        var body = JsonSerializer.Serialize(
            new
            {
                fullName,
                title,
                content,
                email,
                phone,
                category,
                captcha = new { id, answer },
            },
            PortalJson.Options
        );
        return await SendAsync(
            Door.Public,
            HttpMethod.Post,
            $"/api/sites/{site}/feedback",
            new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            ("Idempotency-Key", key ?? Guid.NewGuid().ToString("N")),
            ("Accept-Language", language)
        );
    }

    /// <summary>A proof-of-work challenge.</summary>
    /// <param name="site">The site.</param>
    /// <param name="from">The client's address; null for that of the machine.</param>
    public async Task<JsonElement> NewWorkAsync(string site, string? from = null) =>
        (
            await SendAsync(
                Door.Public,
                HttpMethod.Get,
                $"/api/sites/{site}/captchas/work",
                null,
                ClientsByHeader.From(from)
            )
        )
            .Is(HttpStatusCode.OK)
            .Json;

    /// <summary>Sends feedback with proof of work, and returns whatever is answered.</summary>
    /// <param name="site">The site.</param>
    /// <param name="work">The solution; null for that of a fresh challenge.</param>
    /// <param name="captcha">An image's challenge and what is answered to it; null for none.</param>
    /// <param name="from">The client's address; null for that of the machine.</param>
    public async Task<AppReply> SubmitWorkAsync(
        string site,
        string? work = null,
        (string? Id, string? Answer) captcha = default,
        string? from = null
    ) =>
        await SubmitCaptchaAsync(
            site,
            new
            {
                id = captcha.Id,
                answer = captcha.Answer,
                work = work ?? WorkSolver.Solve(await NewWorkAsync(site, from)),
            },
            from
        );

    /// <summary>
    /// Sends feedback from an address with the answer to an image, by default the right one to a fresh one.
    /// </summary>
    public async Task<AppReply> SubmitFromAsync(string site, string from, (string? Id, string? Answer)? captcha = null)
    {
        var (id, answer) = captcha ?? await NewCaptchaAsync();
        return await SubmitCaptchaAsync(site, new { id, answer }, from);
    }

    private Task<AppReply> SubmitCaptchaAsync(string site, object captcha, string? from)
    {
        var body = JsonSerializer.Serialize(
            new
            {
                fullName = "Nguyễn Văn An",
                title = "Học phí",
                content = "Trường thu học phí thế nào?",
                captcha,
            },
            PortalJson.Options
        );
        return SendAsync(
            Door.Public,
            HttpMethod.Post,
            $"/api/sites/{site}/feedback",
            new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            [("Idempotency-Key", Guid.NewGuid().ToString("N")), .. ClientsByHeader.From(from)]
        );
    }

    /// <summary>Sends feedback that is taken.</summary>
    public async Task<SentFeedback> SendFeedbackAsync(
        string site,
        string fullName = "Nguyễn Văn An",
        string title = "Học phí",
        string content = "Trường thu học phí thế nào?",
        string? email = null,
        string? phone = null,
        string language = "vi"
    )
    {
        var receipt = (await SubmitAsync(site, null, fullName, title, content, email, phone, language))
            .Is(HttpStatusCode.Created)
            .Json.GetProperty("receipt")
            .GetString()!;
        var found = (await ReadAsync(site, $"feedback?q={receipt}")).Is(HttpStatusCode.OK).Items.Single();
        return new SentFeedback(site, receipt, found.GetProperty("id").GetGuid());
    }

    /// <summary>GET of a public address of a site.</summary>
    public Task<AppReply> GetAsync(string site, string path) =>
        SendAsync(Door.Public, HttpMethod.Get, $"/api/sites/{site}/{path}", null);

    /// <summary>GET of an operators' address of a site.</summary>
    public Task<AppReply> ReadAsync(string site, string path, params (string Name, string Value)[] headers) =>
        SendAsync(Door.Operators, HttpMethod.Get, $"/api/operator/sites/{site}/{path}", null, [Bearer, .. headers]);

    /// <summary>A step of an operator, such as <c>answer</c>.</summary>
    /// <param name="feedback">What it is about.</param>
    /// <param name="step">The last part of the address.</param>
    /// <param name="body">Written as JSON; null for none.</param>
    /// <param name="ifMatch">What was read before; null to read it now.</param>
    public async Task<AppReply> StepAsync(
        SentFeedback feedback,
        string step,
        object? body = null,
        string? ifMatch = null
    )
    {
        ifMatch ??= (await ReadAsync(feedback.Site, $"feedback/{feedback.Id}")).Is(HttpStatusCode.OK).Tag!;
        return await CommandAsync(feedback.Site, $"feedback/{feedback.Id}/{step}", body, ("If-Match", ifMatch));
    }

    /// <summary>POST to an operators' address of a site.</summary>
    public Task<AppReply> CommandAsync(
        string site,
        string path,
        object? body,
        params (string Name, string Value)[] headers
    )
    {
        var content = body is null
            ? null
            : new StringContent(
                JsonSerializer.Serialize(body, PortalJson.Options),
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/json")
            );
        return SendAsync(
            Door.Operators,
            HttpMethod.Post,
            $"/api/operator/sites/{site}/{path}",
            content,
            [Bearer, .. headers]
        );
    }

    /// <summary>Hands an event to its consumers, as the bus does.</summary>
    public Task TellAsync(object message) =>
        Services.GetRequiredService<RetiredConsumers>().ConsumeAsync(message, Cancel);

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

    /// <summary>Works with the database.</summary>
    internal async Task<T> WithDatabaseAsync<T>(Func<FeedbackContext, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<FeedbackContext>());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(_sitesFile);
    }

    private static (string Name, string Value) Bearer => ("Authorization", $"Bearer {Writer.Value}");

    private static string SitesJson() =>
        JsonSerializer.Serialize(
            new
            {
                sites = Enumerable
                    .Range(1, Sites)
                    .Select(n => new
                    {
                        id = $"trang-{n}",
                        name = $"Trang số {n}",
                        origins = new[] { "https://portal.example" },
                        feedbackCategories = new[]
                        {
                            new { id = "hoc-phi", name = "Học phí" },
                            new { id = "khac", name = "Khác" },
                        },
                    }),
            },
            PortalJson.Options
        );
}
