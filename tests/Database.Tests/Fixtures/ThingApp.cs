using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortalServices.InProcess;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.Testing;

namespace PortalServices.Database.Tests.Fixtures;

/// <summary>A process that keeps things in a database.</summary>
public sealed class ThingApp : IAsyncDisposable
{
    private readonly TestApp _app;

    private ThingApp(TestApp app, Journal journal) => (_app, Journal) = (app, journal);

    /// <summary>What it logged.</summary>
    public Journal Journal { get; }

    /// <summary>Whether its tables are up to date.</summary>
    public bool IsDone => _app.Services.GetRequiredService<DatabaseMigrator<ThingContext>>().IsDone;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it, whether the database is there or not.</summary>
    /// <param name="database">The connection string; null for none.</param>
    public static async Task<ThingApp> StartAloneAsync(string? database)
    {
        var journal = new Journal();
        var app = await TestApp.StartAsync(
            builder =>
            {
                builder.Logging.AddProvider(journal);
                builder.AddDatabase<ThingContext, SqliteThings, PostgreSqlThings>("things");
            },
            Map,
            [
                .. database is null ? (string[])[] : [$"--ConnectionStrings:things={database}"],
                "--Logging:LogLevel:PortalServices=Information",
                "--Logging:Console:LogLevel:Default=None",
            ]
        );
        return new ThingApp(app, journal);
    }

    /// <summary>Starts it and waits until its tables are up to date.</summary>
    public static async Task<ThingApp> StartAsync(string database)
    {
        var app = await StartAloneAsync(database);
        await Eventually.HoldsAsync(() => app.IsDone, "its tables are there", Cancel);
        return app;
    }

    /// <summary>Adds a thing: 201, or 409 when there is one of this name.</summary>
    public Task<Outcome> AddAsync(string name) => SendAsync(Door.Public, HttpMethod.Put, $"/things/{name}");

    /// <summary>Adds a thing, and does not expect that there is one of this name.</summary>
    public Task<Outcome> AddBlindlyAsync(string name) => SendAsync(Door.Public, HttpMethod.Post, $"/things/{name}");

    /// <summary>The names of the things, joined by commas.</summary>
    public Task<Outcome> ReadAsync() => SendAsync(Door.Public, HttpMethod.Get, "/things");

    /// <summary>Readiness: 200 or 503, and what is said of the database.</summary>
    public async Task<(int Status, string? Database)> ReadyAsync()
    {
        var (status, check) = await CheckAsync();
        return (status, check.GetProperty("status").GetString());
    }

    /// <summary>What readiness says of the database in words.</summary>
    public async Task<string?> DescriptionAsync() => (await CheckAsync()).Check.GetProperty("description").GetString();

    /// <summary>Works with the database.</summary>
    public async Task<T> WithDatabaseAsync<T>(Func<ThingContext, Task<T>> work)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ThingContext>());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<(int Status, JsonElement Check)> CheckAsync()
    {
        var reply = await SendAsync(Door.Probe, HttpMethod.Get, "/health/ready");
        return (reply.Status, JsonElement.Parse(reply.Body).GetProperty("checks").GetProperty("thingsDatabase"));
    }

    private static void Map(WebApplication app)
    {
        var things = app.MapGroup("/things").NeedsDatabase<RouteGroupBuilder, ThingContext>();
        things.MapGet(
            "/",
            async (ThingContext database) =>
                Results.Text(string.Join(',', await database.Things.Select(thing => thing.Name).Order().ToListAsync()))
        );
        things.MapPost("/{name}", (string name, ThingContext database) => AddAsync(name, database));
        things.MapPut(
            "/{name}",
            async (string name, ThingContext database) =>
            {
                try
                {
                    return await AddAsync(name, database);
                }
                catch (DbUpdateException taken) when (!DatabaseFailure.Is(taken))
                {
                    return Results.Conflict();
                }
            }
        );
    }

    private static async Task<IResult> AddAsync(string name, ThingContext database)
    {
        database.Add(new Thing(name));
        await database.SaveChangesAsync();
        return Results.Created();
    }

    private async Task<Outcome> SendAsync(Door door, HttpMethod method, string path)
    {
        using var reply = await _app.SendAsync(door, method, path);
        return new Outcome(
            (int)reply.StatusCode,
            await reply.Content.ReadAsStringAsync(Cancel),
            reply.Headers.RetryAfter?.Delta
        );
    }
}

/// <summary>An answer.</summary>
public sealed record Outcome(int Status, string Body, TimeSpan? RetryAfter)
{
    /// <summary>503 with its code, and when to try again.</summary>
    public void IsAway()
    {
        Assert.True(Status == (int)HttpStatusCode.ServiceUnavailable, $"503 was expected: {this}");
        Assert.Equal(
            ("store_unavailable", TimeSpan.FromSeconds(1)),
            (JsonElement.Parse(Body).GetProperty("code").GetString(), RetryAfter)
        );
    }
}
