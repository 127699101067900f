using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.DeadLetters;
using PortalServices.OperatorAccess;
using PortalServices.OperatorAccess.Keys;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.Testing;

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>A process with an outbox and two consumers.</summary>
public sealed class NoteApp : IAsyncDisposable
{
    private static readonly string OfAllSites = OperatorKey.NewKey(),
        OfSonla = OperatorKey.NewKey();

    private readonly TestApp _app;

    private NoteApp(TestApp app, Readers readers) => (_app, Readers) = (app, readers);

    public Readers Readers { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it.</summary>
    /// <param name="wiring">Its database and its bus.</param>
    /// <param name="has">Its consumers.</param>
    /// <param name="time">Its time; null for the real one.</param>
    /// <param name="settings">More settings.</param>
    /// <remarks>
    /// Where the broker is there, it returns once the consumers have their queues: what is published before is not for
    /// them.
    /// </remarks>
    public static Task<NoteApp> StartAsync(
        Wiring wiring,
        Consumers has = Consumers.Both,
        TimeProvider? time = null,
        params string[] settings
    ) => StartAsync(wiring, _ => { }, has, time, settings);

    /// <summary>Starts it with other parts than it has by itself.</summary>
    public static async Task<NoteApp> StartAsync(
        Wiring wiring,
        Action<WebApplicationBuilder> replace,
        Consumers has = Consumers.Both,
        TimeProvider? time = null,
        params string[] settings
    )
    {
        var app = await StartAloneAsync(wiring, replace, has, time, settings);
        if (wiring.Broker is not null)
        {
            await Eventually.HoldsAsync(
                async () => await app.CheckAsync("broker") == "healthy",
                "the broker's queues are there",
                Cancel
            );
        }
        return app;
    }

    /// <summary>Starts it, whether the broker is there or not.</summary>
    public static Task<NoteApp> StartAloneAsync(
        Wiring wiring,
        Consumers has = Consumers.Both,
        TimeProvider? time = null,
        params string[] settings
    ) => StartAloneAsync(wiring, _ => { }, has, time, settings);

    /// <summary>Starts it with other parts than it has by itself.</summary>
    public static async Task<NoteApp> StartAloneAsync(
        Wiring wiring,
        Action<WebApplicationBuilder> replace,
        Consumers has = Consumers.Both,
        TimeProvider? time = null,
        params string[] settings
    )
    {
        var readers = new Readers();
        var app = await TestApp.StartAsync(
            builder =>
            {
                if (time is not null)
                {
                    builder.Services.Replace(ServiceDescriptor.Singleton(time));
                }
                builder.Services.AddSingleton(readers);
                builder.Services.AddDbContext<NoteContext>(options => wiring.Use(options));
                builder
                    .AddOperatorAccess()
                    .AddMessaging(bus =>
                    {
                        bus.AddOutbox<NoteContext>(
                            "notes",
                            provider => provider.GetService<Tables>()?.AreThere ?? Task.CompletedTask
                        );
                        if (has is Consumers.Retired)
                        {
                            bus.AddRetiredConsumer<RetiredReadNoteConsumer, NoteTaken>("notes", "read");
                            return;
                        }

                        bus.Publishes<NoteTaken>();
                        if (has is not Consumers.None)
                        {
                            bus.AddConsumer<ReadNoteConsumer, NoteTaken>(
                                "notes",
                                "read",
                                has is Consumers.Bounded ? 1 : null
                            );
                        }
                        if (has is Consumers.Both)
                        {
                            bus.AddConsumer<FileNoteConsumer, NoteTaken>("notes", "file");
                        }
                    });
                replace(builder);
            },
            map => map.UseOperatorAccess().MapMessaging(),
            [
                .. wiring.Settings,
                .. Key(0, OfAllSites, OperatorKey.AllSites),
                .. Key(1, OfSonla, "sonla"),
                "--Messaging:RetryAfter=00:00:00.010",
                "--Messaging:PollEvery=00:00:00.020",
                "--Messaging:LongestWait=00:00:00.200",
                .. settings,
            ]
        );
        return new NoteApp(app, readers);
    }

    /// <summary>Writes a note and publishes it in the same commit.</summary>
    public async Task WriteAsync(string text, long number = 0, string? site = null)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<NoteContext>();
        database.Notes.Add(new Note { Text = text });
        database.Publish(
            new NoteTaken
            {
                Text = text,
                Number = number,
                Site = site,
            }
        );
        await database.SaveChangesAsync(Cancel);
    }

    /// <summary>Works with the database.</summary>
    public async Task<T> WithDatabaseAsync<T>(Func<NoteContext, Task<T>> work)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<NoteContext>());
    }

    /// <summary>How many events wait in the outbox.</summary>
    public Task<int> WaitingAsync() => WithDatabaseAsync(database => database.Set<OutboxMessage>().CountAsync(Cancel));

    /// <summary>As the publisher saw it last.</summary>
    public OutboxState<NoteContext> Outbox => _app.Services.GetRequiredService<OutboxState<NoteContext>>();

    /// <summary>A part of it.</summary>
    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>The dead letters, as operators list them.</summary>
    /// <param name="query">The query.</param>
    /// <param name="bySonla">With a key of the site <c>sonla</c> alone, and not of all sites.</param>
    public async Task<JsonElement> DeadLettersAsync(string query = "", bool bySonla = false)
    {
        using var reply = await _app.GetAsync(
            Door.Operators,
            $"/api/operator/dead-letters/notes{query}",
            Authorization(bySonla)
        );
        return (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).Clone();
    }

    /// <summary>How many there are.</summary>
    public async Task<int> DeadAsync() => (await DeadLettersAsync()).GetProperty("total").GetInt32();

    /// <summary>Why each of them failed.</summary>
    public async Task<string?[]> ErrorsOfDeadLettersAsync() =>
        [
            .. (await DeadLettersAsync())
                .GetProperty("items")
                .EnumerateArray()
                .Select(letter => letter.GetProperty("error").GetString()),
        ];

    /// <summary>The id of the only one.</summary>
    public async Task<string> OnlyDeadLetterAsync() =>
        (await DeadLettersAsync()).GetProperty("items").EnumerateArray().Single().GetProperty("id").GetString()!;

    /// <summary>Status and code of a request to the operators' door.</summary>
    public async Task<(int Status, string? Code)> AskAsync(HttpMethod method, string path, bool bySonla = false)
    {
        using var reply = await _app.SendAsync(
            Door.Operators,
            method,
            $"/api/operator/dead-letters/{path}",
            null,
            Authorization(bySonla)
        );
        var body = await reply.Content.ReadAsStringAsync(Cancel);
        return (
            (int)reply.StatusCode,
            body.Contains("\"code\"", StringComparison.Ordinal)
                ? JsonDocument.Parse(body).RootElement.GetProperty("code").GetString()
                : null
        );
    }

    /// <summary>The status of one check, of a process that is ready whatever it is.</summary>
    public async Task<string?> CheckAsync(string name)
    {
        var (status, checks) = await ReadyAsync();
        Assert.Equal(200, status);
        return checks.GetProperty(name).GetProperty("status").GetString();
    }

    /// <summary>What a check says.</summary>
    public async Task<string> DescriptionAsync(string name) =>
        (await ReadyAsync()).Checks.GetProperty(name).GetProperty("description").GetString()!;

    /// <summary>Status and checks of readiness.</summary>
    public async Task<(int Status, JsonElement Checks)> ReadyAsync()
    {
        using var reply = await _app.GetAsync(Door.Probe, "/health/ready");
        return (
            (int)reply.StatusCode,
            (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("checks").Clone()
        );
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static (string, string) Authorization(bool bySonla) =>
        ("Authorization", "Bearer " + (bySonla ? OfSonla : OfAllSites));

    private static string[] Key(int index, string key, string sites)
    {
        var at = $"--Operators:Keys:{index}";
        return
        [
            $"{at}:Name=of {sites}",
            $"{at}:Hash={OperatorKey.HashOf(key)}",
            $"{at}:Scopes:0=admin",
            $"{at}:Sites:0={sites}",
        ];
    }
}
