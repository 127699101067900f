using System.Globalization;
using System.Runtime.Versioning;
using PortalServices.Testing.Processes;

namespace PortalServices.Crash.Tests.Backups;

/// <summary>What deploy/backup.sh refuses, and what it leaves then.</summary>
[SupportedOSPlatform("linux")]
public sealed class BackupScriptTests : IDisposable
{
    private const string Redis = """
        case "$*" in
        *INFO*) printf 'role:master\r\ncluster_enabled:0\r\n' ;;
        *--scan*) [ -z "$SCAN_FAILS" ] || exit 1; printf '{south}:ledger\n{north}:ledger\n' ;;
        *HMGET*) [ -z "$READ_FAILS" ] || exit 1; if [ -e "$LOST" ]; then printf '0\n3\n0'; else printf '1\n2\n3'; fi; printf '\n\n\n\n\n' ;;
        *--rdb*) while [ "$1" != --rdb ]; do shift; done; printf REDIS >"$2"; [ -z "$LOST" ] || : >"$LOST" ;;
        esac
        """;

    private readonly BackupScripts _scripts = new();

    public BackupScriptTests() => _scripts["PORTAL_REDIS_CLI"] = _scripts.Add("stub-redis", Redis);

    private IEnumerable<string?> Left =>
        Directory.GetFileSystemEntries(_scripts.File("place")).Select(Path.GetFileName);

    public void Dispose() => _scripts.Dispose();

    [Theory]
    [InlineData("SCAN_FAILS")]
    [InlineData("READ_FAILS")]
    public async Task Ledgers_that_cannot_be_read_leave_no_backup(string failure)
    {
        _scripts["SCAN_FAILS"] = _scripts["READ_FAILS"] = "";
        _scripts[failure] = "1";
        Assert.Equal(
            "backup.sh: the ledgers of Redis could not be read",
            await _scripts.RefusalAsync("backup.sh", "backup")
        );
        Assert.Empty(Left);
    }

    /// <summary>What was copied may then be of neither moment, and no restore would take it.</summary>
    [Fact]
    public async Task A_Redis_that_loses_views_meanwhile_leaves_no_backup()
    {
        _scripts["LOST"] = _scripts.File("lost");
        Assert.Equal(
            "backup.sh: Redis lost views while it was copied: look at it, and try again",
            await _scripts.RefusalAsync("backup.sh", "backup")
        );
        Assert.Empty(Left);
    }

    [Theory]
    [InlineData("backup/", "backup")]
    [InlineData("-backup", "-backup")]
    [InlineData("--", "--")]
    public async Task A_folder_may_have_any_name(string argument, string name)
    {
        var run = await _scripts.RunAsync("backup.sh", argument);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Equal([name], Left);
        Assert.Contains("after north 1 2 3 0 0 0 0", _scripts.Lines($"place/{name}/manifest"));
        var pipe = _scripts.File($"place/{name}/redis.rdb");
        File.Delete(pipe);
        await ChildProcess.RunAsync("mkfifo", [pipe]);
        Assert.Equal("restore.sh: redis.rdb is no ordinary file", await _scripts.RefusalAsync("restore.sh", argument));
    }

    [Fact]
    public async Task A_node_of_a_cluster_has_a_part_and_is_refused()
    {
        await using var redis = await RedisServer.StartAsync(
            "always",
            "--cluster-enabled",
            "yes",
            "--cluster-port",
            Ports.Free().ToString(CultureInfo.InvariantCulture)
        );
        _scripts["PORTAL_REDIS_CLI"] = Cli(redis);
        Assert.StartsWith(
            "backup.sh: Redis is a node of a cluster, and has a part of the ledgers: ",
            await _scripts.RefusalAsync("backup.sh", "backup"),
            StringComparison.Ordinal
        );
        Assert.Empty(Left);
    }

    [Fact]
    public async Task A_replica_may_be_behind_and_is_refused()
    {
        await using var redis = await RedisServer.StartAsync();
        var primary = redis.Address.Split(':');
        await using var replica = await RedisServer.StartAsync("always", "--replicaof", primary[0], primary[1]);
        _scripts["PORTAL_REDIS_CLI"] = Cli(replica);
        Assert.Equal(
            $"backup.sh: Redis is a replica, which may be behind: name its primary, {redis.Address}",
            await _scripts.RefusalAsync("backup.sh", "backup")
        );
        Assert.Empty(Left);
    }

    [Fact]
    public async Task A_Redis_that_is_away_is_one_line()
    {
        await using var redis = RedisServer.Prepare();
        _scripts["PORTAL_REDIS_CLI"] = Cli(redis);
        Assert.StartsWith(
            "backup.sh: Redis cannot be read: Could not connect to Redis",
            await _scripts.RefusalAsync("backup.sh", "backup"),
            StringComparison.Ordinal
        );
        Assert.Empty(Left);
    }

    private static string Cli(RedisServer redis) => $"redis-cli -p {redis.Address.Split(':')[1]}";
}
