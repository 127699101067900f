using Microsoft.Data.Sqlite;
using PortalServices.Content.Storage;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.Storage;

/// <summary>SQLite holds up nothing but those who wait for it, and these not for ever.</summary>
public sealed class SqliteThreadsTests(ContentApps apps, TestDatabases databases) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_use_the_database_on_threads_of_its_own()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        using var log = await CommandLog.OfAsync<ContentContext>(app.Services, site);
        await app.WriteAndPublishAsync(site, "Bài");
        await app.GetAsync(site, "articles?q=bai");
        await app.GetAsync(site, "articles/bai");
        Assert.True(log.Commands.Count > 10);
        Assert.All(
            log.Commands,
            command => Assert.Matches("^ContentContext (read|write) [1-4]$", command.Thread ?? "a thread of the pool")
        );
    }

    [Fact]
    public async Task Background_work_does_too()
    {
        await using var app = await apps.StartAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        using var log = await CommandLog.OfAsync<ContentContext>(app.Services, site);
        var draft = await app.WriteAsync(site, "Bài");
        await app.PublishAsync(site, draft, TimeProvider.System.GetUtcNow().AddSeconds(2).ToString("O"));
        var before = log.Commands.Count;
        await Eventually.HoldsAsync(
            async () => (await app.GetAsync(site, "articles/bai")).Status == 200,
            "it is published",
            Cancel
        );
        Assert.Contains(
            log.Commands.Skip(before),
            command =>
                command.Text.StartsWith("UPDATE", StringComparison.Ordinal)
                || command.Text.StartsWith("INSERT", StringComparison.Ordinal)
        );
        Assert.All(
            log.Commands.Skip(before),
            command => Assert.Matches("^ContentContext (read|write) [1-4]$", command.Thread ?? "a thread of the pool")
        );
    }

    [Fact]
    public async Task Behind_a_writer_of_another_process_reads_go_on_and_writes_are_told_in_time()
    {
        var file = databases.NewFile();
        await using var app = await ContentApp.StartAsync($"Data Source={file}");
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Bài");
        await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        await other.OpenAsync(Cancel);
        await using (var holding = other.CreateCommand())
        {
            holding.CommandText = "BEGIN EXCLUSIVE";
            await holding.ExecuteNonQueryAsync(Cancel);
        }

        var writes = Enumerable
            .Range(0, 10)
            .Select(i => app.EditAsync(HttpMethod.Post, site, "articles", new { title = $"Bài {i}", body = "b" }))
            .ToList();
        for (var i = 0; i < 50; i++)
        {
            (await app.GetAsync(site, i % 2 == 0 ? "articles" : "articles?q=bai")).Is(System.Net.HttpStatusCode.OK);
        }
        var first = await (await Task.WhenAny(writes)).WaitAsync(TimeSpan.FromSeconds(50), Cancel);
        Assert.Equal("1", first.IsProblem(503, "store_unavailable").Header("Retry-After"));
        await using (var ending = other.CreateCommand())
        {
            ending.CommandText = "ROLLBACK";
            await ending.ExecuteNonQueryAsync(Cancel);
        }

        // Those that still waited, or had not begun to, are done now.
        var rest = await Task.WhenAll(writes);
        Assert.Contains(rest, reply => reply.Status == 201);
        Assert.All(rest, reply => Assert.True(reply.Status is 201 or 503, reply.ToString()));
        await app.ChangeAsync(site, article, "Bài khác");
    }

    [Fact]
    public async Task More_than_may_wait_are_told_to_come_again()
    {
        var file = databases.NewFile();
        await using var app = await ContentApp.StartAsync(
            $"Data Source={file};Default Timeout=2",
            settings: "--Connections:OperatorConnections=200"
        );
        var site = app.NewSite();
        await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        await other.OpenAsync(Cancel);
        await using var holding = other.CreateCommand();
        holding.CommandText = "BEGIN EXCLUSIVE";
        await holding.ExecuteNonQueryAsync(Cancel);

        var come = new System.Collections.Concurrent.ConcurrentQueue<AppReply>();
        var writes = Enumerable
            .Range(0, 120)
            .Select(async i =>
                come.Enqueue(
                    await app.EditAsync(HttpMethod.Post, site, "articles", new { title = $"Bài {i}", body = "b" })
                )
            )
            .ToList();
        await Eventually.HoldsAsync(() => come.Any(reply => IsRefused(reply)), "some are refused", Cancel);
        (await app.GetAsync(site, "articles")).Is(System.Net.HttpStatusCode.OK);
        holding.CommandText = "ROLLBACK";
        await holding.ExecuteNonQueryAsync(Cancel);

        await Task.WhenAll(writes);
        var replies = come.ToList();
        Assert.Equal(120 - 66, replies.Count(reply => IsRefused(reply)));
        Assert.All(
            replies.Where(reply => reply.Status == 503),
            reply => Assert.Equal("1", reply.Header("Retry-After"))
        );
        Assert.Contains(replies, reply => reply.Status == 201);
    }

    private static bool IsRefused(AppReply reply) =>
        reply.Status == 503
        && reply.IsProblem(503, "store_unavailable").Json.TryGetProperty("detail", out var detail)
        && detail.GetString() == "too many requests wait";
}
