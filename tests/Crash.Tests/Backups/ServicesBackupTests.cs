using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Npgsql;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Backups;

/// <summary>deploy/backup.sh and restore.sh, with the servers that the services stand on.</summary>
public sealed class ServicesBackupTests : IAsyncDisposable
{
    private static readonly OperatorKey Chief = new("chief", ["admin"], ["*"]);
    private static readonly SiteEntry[] Sites = [new("north"), new("south")];

    private readonly TemporaryDirectory _folder = new();
    private readonly int _port = Ports.Free();
    private RedisServer? _redis;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Backup => _folder.File("backup");

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task A_backup_under_load_is_put_back_whole_and_nothing_else_is()
    {
        await using var portal = await ServicesShape.StartNewAsync(
            new PortalSettings
            {
                Sites = Sites,
                Replicas = 1,
                Content = true,
                Feedback = true,
                Keys = [Chief],
            }
        );
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = [.. Sites.Select(site => site.Id)],
                Doors = [portal.PublicDoor],
                Views = 100_000,
                Clients = 16,
            }
        );
        var running = storm.RunAsync(Cancel);
        await PublishAsync(portal);
        await Eventually.HoldsAsync(() => storm.Acknowledged >= 500 || running.IsCompleted, "views", Cancel);
        var before = storm.Views.Where(view => view.Acknowledged).ToHashSet();
        var servers = portal.ContentServers!;
        var run = await RunAsync(
            "backup.sh",
            Environment(portal.Redis.Address, servers.Content, servers.Feedback),
            Backup
        );
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        var sent = storm.Views.Where(view => view.Sent).ToHashSet();
        storm.Stop();
        await running;
        var twice = await RunAsync(
            "backup.sh",
            Environment(portal.Redis.Address, servers.Content, servers.Feedback),
            Backup
        );
        Assert.Equal(1, twice.ExitCode);

        var (content, feedback) = (
            await servers.Database.CreateDatabaseAsync(),
            await servers.Database.CreateDatabaseAsync()
        );
        var there = Environment(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"), content, feedback);
        await RefusesWhatWasChangedAsync(there);
        await RestoreAsync(there, content);
        await CountsOnAsync(there, storm, before, sent);
    }

    private async Task RestoreAsync(Dictionary<string, string> there, string content)
    {
        var loaded = await RunAsync("restore.sh", there, Backup);
        Assert.True(loaded.ExitCode == 0, string.Join('\n', loaded.Errors));
        Assert.Contains("is not empty", await RefusalAsync(there, Backup), StringComparison.Ordinal);
        await using (var database = new NpgsqlConnection(content + ";Pooling=false"))
        {
            await database.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand("""SELECT "Title" FROM "Articles" """, database);
            Assert.Equal("Bài viết của bản sao lưu", await command.ExecuteScalarAsync(Cancel));
        }
        _redis = RedisServer.On(there["PORTAL_REDIS_FOLDER"], _port);
        await _redis.StartAgainAsync();
        var check = await RunAsync("restore.sh", there, "--check", Backup);
        Assert.True(check.ExitCode == 0, string.Join('\n', check.Errors));
        Assert.Contains("Redis: 2 ledgers with the totals of the manifest", check.Output);
    }

    /// <summary>The loss is told, what was counted is counted once, and Redis keeps it.</summary>
    private async Task CountsOnAsync(
        Dictionary<string, string> there,
        ViewStorm storm,
        HashSet<StormView> before,
        HashSet<StormView> sent
    )
    {
        var instant = File.ReadLines(Path.Combine(Backup, "manifest")).ElementAt(1)["instant ".Length..];
        await using var replica = CountingReplica.Prepare(_redis!.Address, _folder.File("seeds"), Sites);
        var noted = await replica.RunToEndAsync("--note-restored", instant);
        Assert.True(noted.ExitCode == 0, string.Join('\n', noted.Errors));
        await replica.StartAsync();
        Assert.True((await replica.Internal.StatsAsync("north", Cancel)).Stats.StoreLoss);
        await using (var store = await _redis.ConnectAsync())
        {
            Assert.InRange(await storm.CountedAsync(store), before.Count, sent.Count);
        }
        await Parallel.ForEachAsync(
            storm.Views.Where(view => view.Sent),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (view, cancel) =>
            {
                var call = new ViewCall(view.Page) { View = view.Id, Age = "300000" };
                var reply = await replica.Internal.ViewAsync(view.Site, call, cancel);
                Assert.True(reply.Status == HttpStatusCode.OK, reply.ToString());
                Assert.True(!before.Contains(view) || reply.Reason == "duplicate", $"{view}: {reply}");
            }
        );
        await _redis.KillAsync();
        await _redis.StartAgainAsync();
        await using var again = await _redis.ConnectAsync();
        Assert.Empty(await storm.ContradictionsAsync(again));
        Assert.Equal(storm.Views.Count(view => view.Sent), await storm.CountedAsync(again));
        // What was counted since is not in the manifest.
        Assert.Contains(
            "and the manifest says",
            await RefusalAsync(there, "--check", Backup),
            StringComparison.Ordinal
        );
    }

    private async Task RefusesWhatWasChangedAsync(Dictionary<string, string> there)
    {
        foreach (var name in (string[])["content.dump", "feedback.dump", "redis.rdb", "manifest", "SHA256SUMS"])
        {
            var copy = Copy();
            var bytes = await File.ReadAllBytesAsync(Path.Combine(copy, name), Cancel);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(Path.Combine(copy, name), bytes, Cancel);
            Assert.Contains("changed", await RefusalAsync(there, copy), StringComparison.Ordinal);
        }
        var other = Copy();
        File.Delete(Path.Combine(other, "feedback.dump"));
        Assert.Contains("missing feedback.dump", await RefusalAsync(there, other), StringComparison.Ordinal);
        other = Copy();
        await File.WriteAllTextAsync(Path.Combine(other, "other"), "", Cancel);
        Assert.Contains("extra other", await RefusalAsync(there, other), StringComparison.Ordinal);
        other = Copy();
        Rewrite(other, text => text.Replace("format 1", "format 2", StringComparison.Ordinal));
        Assert.Contains("this version reads format 1", await RefusalAsync(there, other), StringComparison.Ordinal);
        Directory.CreateDirectory(there["PORTAL_REDIS_FOLDER"]);
        // It says another number of rows, with the right checksums.
        other = Copy();
        Rewrite(other, text => text.Replace("content Articles 1", "content Articles 2", StringComparison.Ordinal));
        var (content, feedback) = (there["PORTAL_CONTENT_DB"], there["PORTAL_FEEDBACK_DB"]);
        Assert.Contains("has not the rows of the manifest", await RefusalAsync(there, other), StringComparison.Ordinal);
        Assert.Contains("is not empty", await RefusalAsync(there, Backup), StringComparison.Ordinal);
        await EmptyAsync(there, content);
        await EmptyAsync(there, feedback);
        // Nothing is loaded before all is known to have a place.
        await File.WriteAllTextAsync(Path.Combine(there["PORTAL_REDIS_FOLDER"], "file"), "", Cancel);
        Assert.Contains("is not empty: move away", await RefusalAsync(there, Backup), StringComparison.Ordinal);
        File.Delete(Path.Combine(there["PORTAL_REDIS_FOLDER"], "file"));
    }

    private string Copy()
    {
        var copy = _folder.File(Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Backup))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
        return copy;
    }

    private static void Rewrite(string backup, Func<string, string> change)
    {
        var (file, sums) = (Path.Combine(backup, "manifest"), Path.Combine(backup, "SHA256SUMS"));
        var hash = HashOf();
        File.WriteAllText(file, change(File.ReadAllText(file)));
        File.WriteAllText(sums, File.ReadAllText(sums).Replace(hash, HashOf(), StringComparison.Ordinal));

        string HashOf() => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
    }

    private static async Task EmptyAsync(Dictionary<string, string> there, string database)
    {
        await using var connection = new NpgsqlConnection(
            $"Host={there["PGHOST"]};Port={there["PGPORT"]};Username={there["PGUSER"]};Database={database};Pooling=false"
        );
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("DROP SCHEMA public CASCADE; CREATE SCHEMA public", connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private Dictionary<string, string> Environment(string redis, string content, string feedback)
    {
        var server = new NpgsqlConnectionStringBuilder(content);
        return new Dictionary<string, string>
        {
            ["PATH"] =
                $"{Path.GetDirectoryName(Programs.Postgres("psql"))}:{Path.GetDirectoryName(Programs.InPath("redis-cli", "PORTAL_TESTS_REDIS"))}:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["PORTAL_REDIS_CLI"] = $"redis-cli -h 127.0.0.1 -p {redis.Split(':')[1]}",
            ["PORTAL_REDIS_FOLDER"] = _folder.File("redis"),
            ["PGHOST"] = server.Host!,
            ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = server.Username!,
            ["PORTAL_CONTENT_DB"] = server.Database!,
            ["PORTAL_FEEDBACK_DB"] = new NpgsqlConnectionStringBuilder(feedback).Database!,
        };
    }

    private static async Task<string> RefusalAsync(Dictionary<string, string> there, params string[] arguments)
    {
        var run = await RunAsync("restore.sh", there, arguments);
        Assert.Equal(1, run.ExitCode);
        var line = Assert.Single(run.Errors);
        Assert.StartsWith("restore.sh: ", line, StringComparison.Ordinal);
        return line;
    }

    private static async Task<HostRun> RunAsync(
        string script,
        Dictionary<string, string> environment,
        params string[] arguments
    )
    {
        await using var process = await ChildProcess.StartAsync(
            "sh",
            [Path.Combine(Repository.Root, "deploy", script), .. arguments],
            environment
        );
        var code = await process.WaitForExitAsync(TimeSpan.FromMinutes(2));
        return new HostRun(code, [.. process.Output], [.. process.Errors]);
    }

    private static async Task PublishAsync(ServicesShape portal)
    {
        (string, string) authorization = ("Authorization", $"Bearer {Chief.Value}");
        // The gateway has just started, and may not have found content yet.
        var draft = await Eventually.BecomesAsync(
            () =>
                portal.OperatorsDoor.PostAsync(
                    "/api/operator/sites/north/articles",
                    """{"title":"Bài viết của bản sao lưu","body":"x"}""",
                    "application/json",
                    Cancel,
                    authorization
                ),
            reply => reply.Status == HttpStatusCode.Created,
            "an article",
            Cancel
        );
        var published = await portal.OperatorsDoor.PostAsync(
            $"/api/operator/sites/north/articles/{draft.Json.GetProperty("id").GetString()}/publish",
            "",
            "application/json",
            Cancel,
            authorization,
            ("If-Match", draft.Header("ETag")!)
        );
        Assert.True(published.Status == HttpStatusCode.OK, published.ToString());
    }
}
