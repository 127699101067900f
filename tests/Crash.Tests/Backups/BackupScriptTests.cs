using System.Runtime.Versioning;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Crash.Tests.Backups;

/// <summary>deploy/backup.sh and restore.sh with programs in the place of Redis' and PostgreSQL's own.</summary>
[SupportedOSPlatform("linux")]
public sealed class BackupScriptTests : IDisposable
{
    private const string Redis = """
        case "$*" in
        *--scan*) [ -z "$SCAN_FAILS" ] || exit 1; printf '{south}:ledger\n{north}:ledger\n' ;;
        *HMGET*) [ -z "$READ_FAILS" ] || exit 1; printf '1\n2\n3\n\n\n\n\n' ;;
        *--rdb*) while [ "$1" != --rdb ]; do shift; done; printf REDIS >"$2" ;;
        esac
        """;

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SCAN_FAILS")]
    [InlineData("READ_FAILS")]
    public async Task Ledgers_that_cannot_be_read_leave_no_backup(string failure)
    {
        var run = await RunAsync("backup.sh", [_folder.File("place/backup")], (failure, "1"));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("backup.sh: the ledgers of Redis could not be read", run.Errors[^1]);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("place")));
    }

    [Theory]
    [InlineData("backup/", "backup")]
    [InlineData("-backup", "-backup")]
    [InlineData("--", "--")]
    public async Task A_folder_may_have_any_name(string argument, string name)
    {
        var run = await RunAsync("backup.sh", [argument]);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Equal([name], Directory.GetFileSystemEntries(_folder.File("place")).Select(Path.GetFileName));
        Assert.Contains(
            "after north 1 2 3 0 0 0 0",
            await File.ReadAllLinesAsync(_folder.File($"place/{name}/manifest"), Cancel)
        );
        var pipe = _folder.File($"place/{name}/redis.rdb");
        File.Delete(pipe);
        await ChildProcess.RunAsync("mkfifo", [pipe]);
        var refused = await RunAsync("restore.sh", [argument]);
        Assert.Equal((1, "restore.sh: redis.rdb is no ordinary file"), (refused.ExitCode, refused.Errors[^1]));
    }

    private async Task<HostRun> RunAsync(string script, string[] arguments, params (string, string)[] settings)
    {
        Directory.CreateDirectory(_folder.File("place"));
        foreach (
            var (name, text) in (ReadOnlySpan<(string, string)>)
                [("stub-redis", Redis), ("pg_dump", "echo dump"), ("pg_restore", "cat >/dev/null")]
        )
        {
            var path = _folder.File($"programs/{name}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{_folder.File("programs")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["PORTAL_REDIS_CLI"] = "stub-redis",
            ["SCAN_FAILS"] = "",
            ["READ_FAILS"] = "",
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }
        // In the folder, so that a name may be one in it.
        await using var process = await ChildProcess.StartAsync(
            "sh",
            [
                "-c",
                "cd -- \"$0\" && exec sh \"$@\"",
                _folder.File("place"),
                Path.Combine(Repository.Root, "deploy", script),
                .. arguments,
            ],
            environment
        );
        var code = await process.WaitForExitAsync(TimeSpan.FromMinutes(1));
        return new HostRun(code, [.. process.Output], [.. process.Errors]);
    }
}
