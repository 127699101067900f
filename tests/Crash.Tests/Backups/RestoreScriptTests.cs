using System.Globalization;
using System.Runtime.Versioning;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Backups;

/// <summary>
/// What deploy/restore.sh does of its own to Redis: with a real one and a real counting host, and a PostgreSQL without
/// tables.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class RestoreScriptTests : IAsyncDisposable
{
    private const string Nobody = "65534";

    // Of the site that has views.
    private const int Views = 3;

    /// <summary>A container engine with the services of compose.yaml, as far as the scripts use it.</summary>
    private const string Docker = """
        printf '%s\n' "$*" | head -1 >>"$CALLS"
        command=$2
        shift 2
        entry=
        while :; do
          case $1 in
          --rm | --no-deps | -T | -d | --wait) shift ;;
          --entrypoint) entry=$2; shift 2 ;;
          *) break ;;
          esac
        done
        service=$1
        shift
        case $command:$service in
        exec:redis) exec "$@" ;;
        exec:postgres) program=$1; shift 3; exec "$program" "$@" ;;
        up:redis) exec start ;;
        run:redis)
          case $entry in
          ls) exec ls -A "$REDIS" ;;
          sh) script=$(printf '%s\n' "$2" | sed "s|/data|$REDIS|g"); shift 2; exec sh -c "$script" "$@" ;;
          esac ;;
        run:counting-1) exec note "$@" ;;
        esac
        exit 64
        """;

    private readonly BackupScripts _scripts = new();
    private readonly int _port = Ports.Free();
    private RedisServer? _redis;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Folder => _scripts.File("redis");

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
        _scripts.Dispose();
    }

    [Fact]
    public async Task Redis_is_started_and_awaited_and_its_ledgers_are_noted()
    {
        await BackUpAsync();
        _scripts["PORTAL_REDIS_START"] = "start";
        _scripts["PORTAL_NOTE_RESTORED"] = "note";
        var restore = _scripts.RunAsync("restore.sh", "backup");
        await StartWhenItIsAwaitedAsync();
        var run = await restore;
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Contains("Redis: 1 ledgers with the totals of the manifest", run.Output);
        Assert.StartsWith("Restored the backup of ", run.Output[^1], StringComparison.Ordinal);
        await ReportsTheLossAsync();
    }

    /// <summary>The noting ends with an error when some of it is done.</summary>
    [Fact]
    public async Task What_ended_half_way_is_repeated_until_somebody_counts()
    {
        await BackUpAsync();
        _scripts["PORTAL_REDIS_START"] = "start";
        _scripts["PORTAL_NOTE_RESTORED"] = "note";
        _scripts["NOTE_ENDS_WITH"] = "1";
        var restore = _scripts.RunAsync("restore.sh", "backup");
        await StartWhenItIsAwaitedAsync();
        var run = await restore;
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith(
            $"could not be noted as restored; run restore.sh --check {_scripts.File("place/backup")}",
            run.Errors[^1],
            StringComparison.Ordinal
        );

        _scripts["NOTE_ENDS_WITH"] = "0";
        for (var time = 0; time < 2; time++)
        {
            var check = await _scripts.RunAsync("restore.sh", "--check", "backup");
            Assert.True(check.ExitCode == 0, string.Join('\n', check.Errors));
        }
        await ReportsTheLossAsync();
        Assert.Contains(
            "and the manifest says",
            await _scripts.RefusalAsync("restore.sh", "--check", "backup"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_Redis_that_does_not_come_up_is_one_line()
    {
        await BackUpAsync();
        _scripts["PORTAL_REDIS_START"] = "start";
        _scripts["PORTAL_REDIS_WAIT"] = "1h";
        Assert.Equal(
            "restore.sh: PORTAL_REDIS_WAIT: a number of seconds",
            await _scripts.RefusalAsync("restore.sh", "backup")
        );
        _scripts["PORTAL_REDIS_WAIT"] = "0";
        Assert.StartsWith(
            "restore.sh: Redis has not loaded its folder within 0 s; once it has, run restore.sh --check ",
            await _scripts.RefusalAsync("restore.sh", "backup"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "restore.sh: Redis cannot be read: Could not connect to Redis",
            await _scripts.RefusalAsync("restore.sh", "--check", "backup"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nothing_is_loaded_where_anything_has_no_empty_place()
    {
        await BackUpAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder, "file"), "", Cancel);
        await RefusesAsync($"{Folder} is not empty: move away what is in it");
        File.Delete(Path.Combine(Folder, "file"));
        _scripts["PORTAL_REDIS_FOLDER"] = _scripts.File("none");
        await RefusesAsync($"{_scripts.File("none")} does not exist: make it for the user that Redis runs as");
        _scripts["PORTAL_REDIS_FOLDER"] = Folder;
        _scripts["ROWS"] = "Articles 1";
        await RefusesAsync("content is not empty: name an empty database, or drop it and make it anew");
        _scripts["ROWS"] = "";
        await using (var other = RedisServer.On(_scripts.File("other"), _port))
        {
            Directory.CreateDirectory(_scripts.File("other"));
            await other.StartAgainAsync();
            await RefusesAsync("Redis runs: stop it, its folder is filled before its start");
        }
        _scripts["PORTAL_REDIS_CLI"] = "no-such-program";
        Assert.StartsWith(
            "restore.sh: whether Redis runs cannot be found out: ",
            await _scripts.RefusalAsync("restore.sh", "backup"),
            StringComparison.Ordinal
        );
        Assert.Empty(_scripts.Loaded);
        _scripts["TMPDIR"] = _scripts.File("none");
        await RefusesAsync($"no folder can be made in {_scripts.File("none")}: set TMPDIR");
        Assert.Empty(Directory.GetFileSystemEntries(Folder));

        async Task RefusesAsync(string reason)
        {
            Assert.Equal($"restore.sh: {reason}", await _scripts.RefusalAsync("restore.sh", "backup"));
            Assert.Empty(_scripts.Loaded);
        }
    }

    [Fact]
    public async Task What_root_puts_into_a_folder_belongs_to_its_owner()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may give files away.");
        await BackUpAsync();
        await ChildProcess.RunAsync("chown", [$"{Nobody}:{Nobody}", Folder]);
        Directory.CreateDirectory(_scripts.File("small"));
        _scripts["TMPDIR"] = _scripts.File("small");
        var run = await _scripts.RunAsync("restore.sh", "backup");
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Contains(
            run.Output,
            line => line.StartsWith("Redis: its folder is filled; start it", StringComparison.Ordinal)
        );
        Assert.Equal(2, _scripts.Loaded.Count);
        Assert.Empty(Directory.GetFileSystemEntries(_scripts.File("small")));
        string[] placed = [.. Directory.GetFileSystemEntries(Folder, "*", SearchOption.AllDirectories)];
        Assert.Equal(4, placed.Length);
        // It fails where one belongs to somebody else.
        await ChildProcess.RunAsync(
            "sh",
            [
                "-c",
                "for f; do [ \"$(stat -c %u:%g -- \"$f\")\" = " + $"{Nobody}:{Nobody} ] || exit 1; done",
                "sh",
                .. placed,
            ]
        );
    }

    [Fact]
    public async Task Under_compose_all_goes_through_its_containers()
    {
        _scripts.Add("docker", Docker);
        _scripts["CALLS"] = _scripts.File("calls");
        _scripts["REDIS"] = Folder;
        await BackUpAsync();
        var restore = _scripts.RunAsync("restore.sh", "backup");
        await StartWhenItIsAwaitedAsync();
        var run = await restore;
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Equal(2, _scripts.Loaded.Count);
        await ReportsTheLossAsync();
        var instant = File.ReadLines(_scripts.File("place/backup/manifest")).ElementAt(1)["instant ".Length..];
        Assert.Equal(
            [
                "compose run --rm --no-deps -T --entrypoint ls redis -A /data",
                "compose run --rm --no-deps -T --entrypoint sh redis -c ",
                "compose up -d --wait redis",
                $"compose run --rm --no-deps -T counting-1 --note-restored {instant}",
            ],
            _scripts.Lines("calls").Where(call => !call.StartsWith("compose exec -T ", StringComparison.Ordinal))
        );
        // What is there by now is no empty place.
        await _redis!.KillAsync();
        Assert.Equal(
            "restore.sh: the volume of Redis is not empty: remove it, or what is in it",
            await _scripts.RefusalAsync("restore.sh", "backup")
        );
        Assert.Equal(2, _scripts.Loaded.Count);
    }

    /// <summary>Some views of one site, and a backup; then the place of another Redis.</summary>
    private async Task BackUpAsync()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (
            var replica = await CountingReplica.StartNewAsync(redis.Address, _scripts.File("seeds"), [new("site")])
        )
        {
            for (var view = 0; view < Views; view++)
            {
                Assert.True((await replica.Internal.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
            }
            await replica.TerminateAsync();
        }
        Reach(redis.Address.Split(':')[1]);
        var run = await _scripts.RunAsync("backup.sh", "backup");
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));

        Reach(_port.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Folder);
        _scripts["PORTAL_REDIS_FOLDER"] = Folder;
        _scripts.Add("start", $"echo >'{_scripts.File("asked")}'");
        // The other site has no ledger in the backup.
        SiteEntry.WriteSeeds(_scripts.File("seeds"), [new("site"), new("quiet")]);
        var host = string.Join(
            ' ',
            ((string[])[HostProcess.Dotnet, Repository.Program(CountingReplica.Project), .. HostArguments()]).Select(
                argument => $"'{argument}'"
            )
        );
        _scripts.Add("note", $"{host} \"$@\" && exit \"${{NOTE_ENDS_WITH:-0}}\"");
    }

    private string[] HostArguments() =>
        CountingReplica.Arguments(
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"),
            _scripts.File("seeds"),
            Ports.Free(),
            Ports.Free()
        );

    // Notes each PING. Without compose it is named; in a container it is the program itself.
    private void Reach(string port)
    {
        var real = Programs.InPath("redis-cli", "PORTAL_TESTS_REDIS");
        var cli = _scripts.Add(
            "redis-cli",
            $"""
            case "$*" in *PING*)
              echo >>'{_scripts.File("pings")}'
              if [ -e '{_scripts.File("loading")}' ]; then
                rm '{_scripts.File("loading")}'
                echo "LOADING Redis is loading the dataset in memory" >&2
                exit 1
              fi ;;
            esac
            exec '{real}' -p {port} "$@"
            """
        );
        _scripts["PORTAL_REDIS_CLI"] = File.Exists(_scripts.File("programs/docker")) ? "" : cli;
    }

    /// <summary>A start that takes its time: Redis is reached by then in vain, and once more while it loads.</summary>
    private async Task StartWhenItIsAwaitedAsync()
    {
        await Eventually.HoldsAsync(() => File.Exists(_scripts.File("asked")), "Redis is to be started", Cancel);
        var before = _scripts.Lines("pings").Count;
        await Eventually.HoldsAsync(() => _scripts.Lines("pings").Count > before, "Redis is awaited", Cancel);
        await File.WriteAllTextAsync(_scripts.File("loading"), "", Cancel);
        await Eventually.HoldsAsync(() => !File.Exists(_scripts.File("loading")), "Redis loads", Cancel);
        _redis = RedisServer.On(Folder, _port);
        await _redis.StartAgainAsync();
    }

    private async Task ReportsTheLossAsync()
    {
        await using var replica = CountingReplica.Prepare(
            _redis!.Address,
            _scripts.File("seeds"),
            [new("site"), new("quiet")]
        );
        await replica.StartAsync();
        var stats = (await replica.Internal.StatsAsync("site", Cancel)).Stats;
        Assert.Equal((Views, true), (stats.Views.Total, stats.StoreLoss));
        Assert.True((await replica.Internal.StatsAsync("quiet", Cancel)).Stats.StoreLoss);
        Assert.True((await replica.Internal.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
    }
}
