using System.Runtime.Versioning;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Crash.Tests.Backups;

/// <summary>
/// Runs deploy/backup.sh and restore.sh with programs of the tests in front of the system's; those of PostgreSQL know a
/// database without tables. A name may be one in the folder <c>place</c>, in which the scripts run.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class BackupScripts : IDisposable
{
    private const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment;

    public BackupScripts()
    {
        Directory.CreateDirectory(File("place"));
        _environment = new Dictionary<string, string>
        {
            ["PATH"] =
                $"{File("programs")}:{Path.GetDirectoryName(Programs.InPath("redis-cli", "PORTAL_TESTS_REDIS"))}:{Environment.GetEnvironmentVariable("PATH")}",
            ["LOADED"] = File("loaded"),
            ["ROWS"] = "",
        };
        Add("pg_dump", "echo dump");
        Add("pg_restore", """case "$1" in --data-only) ;; *) echo "$*" >>"$LOADED" ;; esac; cat >/dev/null""");
        Add("psql", """[ -z "$ROWS" ] || echo "$ROWS" """);
    }

    /// <summary>What was loaded into a database, a line each.</summary>
    public IReadOnlyList<string> Loaded => System.IO.File.Exists(File("loaded")) ? Lines("loaded") : [];

    /// <summary>A variable of the scripts.</summary>
    public string this[string name]
    {
        set => _environment[name] = value;
    }

    public string File(string name) => _folder.File(name);

    public IReadOnlyList<string> Lines(string name) => System.IO.File.ReadAllLines(File(name));

    /// <summary>Adds a program, or replaces it; its path.</summary>
    public string Add(string name, string text)
    {
        var path = File($"programs/{name}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        System.IO.File.SetUnixFileMode(path, Program);
        return path;
    }

    /// <summary>Runs a script to its end.</summary>
    public async Task<HostRun> RunAsync(string script, params string[] arguments)
    {
        await using var process = await ChildProcess.StartAsync(
            "sh",
            [
                "-c",
                "cd -- \"$0\" && exec sh \"$@\"",
                File("place"),
                Path.Combine(Repository.Root, "deploy", script),
                .. arguments,
            ],
            _environment
        );
        var code = await process.WaitForExitAsync(TimeSpan.FromMinutes(2));
        return new HostRun(code, [.. process.Output], [.. process.Errors]);
    }

    /// <summary>The one line that a script ends with, which must not succeed.</summary>
    public async Task<string> RefusalAsync(string script, params string[] arguments)
    {
        var run = await RunAsync(script, arguments);
        Assert.Equal(1, run.ExitCode);
        return Assert.Single(run.Errors);
    }

    public void Dispose() => _folder.Dispose();
}
