using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>What <c>--backup</c> writes, what it refuses, and what is left of one that did not end.</summary>
public sealed class BackupTests(UsedFolder used, BackupTests.RunningPortal running)
    : IClassFixture<BackupTests.RunningPortal>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_portal_that_is_stopped_is_backed_up_by_the_command_itself()
    {
        using var place = new TemporaryDirectory();
        await using var portal = await used.PrepareAsync();
        var run = await portal.RunCommandAsync("--backup", place.File("backup"));
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Contains(
            run.Output,
            line => line.StartsWith("Secrets: not in the backup; save ", StringComparison.Ordinal)
        );
        Assert.Equal(
            UsedFolder.Views,
            Manifest(place.File("backup"))["counting"]!["sites"]![UsedFolder.Site]!["counted"]!.GetValue<long>()
        );
        NoSecretIn(place.File("backup"), portal.Data);
        await SumsFitAsync(place.File("backup"));

        // The data go on.
        await portal.StartAsync();
        Assert.Equal(UsedFolder.Views, (await portal.PublicDoor.StatsAsync(UsedFolder.Site, Cancel)).Stats.Views.Total);
    }

    [Fact]
    public async Task Places_that_are_none_for_a_backup_are_refused()
    {
        using var place = new TemporaryDirectory();
        var portal = running.Portal;
        Directory.CreateDirectory(place.File("full"));
        await File.WriteAllTextAsync(place.File("full/file"), "", Cancel);
        Directory.CreateDirectory(place.File("other.unfinished"));
        await File.WriteAllTextAsync(place.File("other.unfinished/file"), "", Cancel);
        File.CreateSymbolicLink(place.File("link"), portal.Data);
        (string Reason, string[] Arguments)[] refused =
        [
            (" must not lie in one another", [Path.Combine(portal.Data, "backup")]),
            (" must not lie in one another", [portal.Data]),
            (" must not lie in one another", [Path.Combine(place.File("link"), "backup")]),
            (" must not lie in one another", [place.File("b"), "--backup-secrets", place.File("b/secrets")]),
            (" is not empty: name a new folder", [place.File("full")]),
            (" is not empty: name a new folder", [place.File("b"), "--backup-secrets", place.File("full")]),
            (".unfinished is in the way: move it", [place.File("other")]),
            (" does not exist", [place.File("no/backup")]),
            ("give it a folder", ["--other"]),
            ("give it a folder", []),
        ];
        var runs = await ManyStarts.RunAsync(
            StandaloneShape.Project,
            [.. refused.Select(each => portal.Command(["--backup", .. each.Arguments]))]
        );
        foreach (var ((reason, _), run) in refused.Zip(runs))
        {
            var refusal = MadeBackup.Refusal(run);
            Assert.StartsWith("--backup: ", refusal, StringComparison.Ordinal);
            Assert.Contains(reason, refusal, StringComparison.Ordinal);
        }
        Assert.Equal(
            ["full", "link", "other.unfinished"],
            Directory.GetFileSystemEntries(place.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_folder_without_data_is_refused_and_left_as_it_is()
    {
        using var place = new TemporaryDirectory();
        await using var portal = StandaloneShape.Prepare(new PortalSettings());
        Assert.Equal(
            $"--backup: {portal.Data} holds no store: name the folder with --data",
            MadeBackup.Refusal(await portal.RunCommandAsync("--backup", place.File("backup")))
        );
        Assert.False(Directory.Exists(portal.Data));
    }

    /// <summary>A disk that is too small for it: nothing is left on it, and the portal goes on.</summary>
    [Fact]
    public async Task A_disk_without_room_leaves_no_backup_and_a_portal_that_goes_on()
    {
        using var place = new TemporaryDirectory();
        // It ends with the portal.
        var disk = await SmallDisk.MountAsync(place.Path, 1);
        Assert.SkipWhen(disk is null, "This machine lets nobody mount a disk.");
        await using var portal = await used.PrepareAsync(
            new PortalSettings { Limits = new HostLimits { Disk = disk } }
        );
        await portal.StartAsync();
        var refusal = MadeBackup.Refusal(await portal.RunCommandAsync("--backup", place.File("backup")));
        Assert.Contains(" bytes while it is written, and ", refusal, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(disk!.File("")));
        Assert.True((await portal.PublicDoor.ViewAsync(UsedFolder.Site, new ViewCall("/a"), Cancel)).Counted);
    }

    /// <summary>A file where the store keeps its checkpoints, which it cannot write then.</summary>
    [Fact]
    public async Task A_checkpoint_that_fails_leaves_no_backup_and_a_portal_that_goes_on()
    {
        using var place = new TemporaryDirectory();
        await using var portal = await used.PrepareAsync();
        await portal.StartAsync();
        var checkpoints = Path.Combine(portal.Data, "store", "Store", "checkpoints");
        Assert.False(Path.Exists(checkpoints), "it was started on a checkpoint");
        Directory.CreateDirectory(Path.GetDirectoryName(checkpoints)!);
        await File.WriteAllTextAsync(checkpoints, "", Cancel);
        Assert.Equal(
            $"--backup: no checkpoint could be written in {Path.Combine(portal.Data, "store")}; see whether the disk is full",
            MadeBackup.Refusal(
                await portal.RunCommandAsync("--backup", place.File("backup"), "--backup-secrets", place.File("s"))
            )
        );
        Assert.Empty(Directory.GetFileSystemEntries(place.Path));
        Assert.True((await portal.PublicDoor.ViewAsync(UsedFolder.Site, new ViewCall("/a"), Cancel)).Counted);

        File.Delete(checkpoints);
        var again = await portal.RunCommandAsync("--backup", place.File("backup"));
        Assert.True(again.ExitCode == 0, string.Join('\n', again.Errors));
        Assert.Equal(
            UsedFolder.Views + 1,
            Manifest(place.File("backup"))["counting"]!["sites"]![UsedFolder.Site]!["counted"]!.GetValue<long>()
        );
    }

    [Fact]
    public async Task One_backup_is_written_at_a_time()
    {
        using var place = new TemporaryDirectory();
        var portal = running.Portal;
        await using (await LockedAsync(portal))
        {
            // The first one waits for whoever writes to the database.
            await using var first = await portal.LaunchCommandAsync("--backup", place.File("first"));
            await Eventually.HoldsAsync(
                () => Directory.Exists(place.File("first.unfinished")),
                "the first is under way",
                Cancel
            );
            Assert.Equal(
                "--backup: another backup is being written",
                MadeBackup.Refusal(await portal.RunCommandAsync("--backup", place.File("second")))
            );
            // Who asked for it goes away, and so does what there is of it.
            await first.KillAsync();
            await Eventually.HoldsAsync(
                () => !Directory.Exists(place.File("first.unfinished")),
                "nothing is left",
                Cancel
            );
        }
        Assert.False(Directory.Exists(place.File("first")));
        var again = await portal.RunCommandAsync("--backup", place.File("first"));
        Assert.True(again.ExitCode == 0, string.Join('\n', again.Errors));
    }

    [Fact]
    public async Task What_a_killed_portal_leaves_is_no_backup_and_is_made_anew()
    {
        using var place = new TemporaryDirectory();
        await using var portal = await used.PrepareAsync();
        await portal.StartAsync();
        await using (await LockedAsync(portal))
        {
            await using var asking = await portal.LaunchCommandAsync("--backup", place.File("backup"));
            await Eventually.HoldsAsync(
                () => Directory.Exists(place.File("backup.unfinished/backup")),
                "it is under way",
                Cancel
            );
            await portal.KillAsync();
            Assert.Equal(1, await asking.WaitForExitAsync(TimeSpan.FromMinutes(3)));
            Assert.Contains(
                asking.Errors,
                line => line.EndsWith("ended meanwhile, and no backup was made", StringComparison.Ordinal)
            );
        }
        Assert.False(Directory.Exists(place.File("backup")));
        await using (var other = StandaloneShape.Prepare(new PortalSettings()))
        {
            Assert.Contains(
                "holds no manifest.json: it is no backup, or one that did not end",
                MadeBackup.Refusal(await other.RunCommandAsync("--restore", place.File("backup.unfinished/backup"))),
                StringComparison.Ordinal
            );
        }

        await portal.StartAsync();
        Assert.Equal(UsedFolder.Views, (await portal.PublicDoor.StatsAsync(UsedFolder.Site, Cancel)).Stats.Views.Total);
        var again = await portal.RunCommandAsync("--backup", place.File("backup"));
        Assert.True(again.ExitCode == 0, string.Join('\n', again.Errors));
        Assert.False(Directory.Exists(place.File("backup.unfinished")));
        await SumsFitAsync(place.File("backup"));
    }

    /// <summary>The secrets are in their place, and the backup is not.</summary>
    [Fact]
    public async Task What_a_kill_leaves_between_secrets_and_backup_is_made_anew()
    {
        using var place = new TemporaryDirectory();
        string[] command = ["--backup", place.File("backup"), "--backup-secrets", place.File("secrets")];
        var run = await running.Portal.RunCommandAsync(command);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        foreach (var name in (string[])["backup", "secrets"])
        {
            Directory.CreateDirectory(place.File($"{name}.unfinished"));
            await File.WriteAllTextAsync(place.File($"{name}.unfinished/.unfinished-backup"), "", Cancel);
        }
        Directory.Move(place.File("backup"), place.File("backup.unfinished/backup"));

        var again = await running.Portal.RunCommandAsync(command);
        Assert.True(again.ExitCode == 0, string.Join('\n', again.Errors));
        Assert.Equal(
            ["backup", "secrets"],
            Directory.GetFileSystemEntries(place.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        await SumsFitAsync(place.File("backup"));
    }

    [Fact]
    public async Task The_same_secrets_may_be_there_already_and_others_are_not_overwritten()
    {
        using var place = new TemporaryDirectory();
        var portal = running.Portal;
        foreach (var backup in (string[])["first", "second"])
        {
            var run = await portal.RunCommandAsync(
                "--backup",
                place.File(backup),
                "--backup-secrets",
                place.File("secrets")
            );
            Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
            NoSecretIn(place.File(backup), portal.Data);
        }
        await File.WriteAllTextAsync(place.File("secrets/visitor-secret"), "another", Cancel);
        Assert.EndsWith(
            "is not empty: name a new folder",
            MadeBackup.Refusal(
                await portal.RunCommandAsync("--backup", place.File("third"), "--backup-secrets", place.File("secrets"))
            ),
            StringComparison.Ordinal
        );
        Assert.False(Path.Exists(place.File("third")) || Path.Exists(place.File("third.unfinished")));
    }

    /// <summary>Whoever may reach the socket may have everything.</summary>
    [Fact]
    public async Task A_request_that_is_none_is_answered_and_nobody_else_reaches_the_socket()
    {
        var portal = running.Portal;
        var path = Path.Combine(portal.Data, "store", "backup.sock");
        await Eventually.HoldsAsync(() => File.Exists(path), "it listens", Cancel);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("nonsense\n"u8.ToArray(), Cancel);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("!--backup: ", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.True((await portal.PublicDoor.ViewAsync(UsedFolder.Site, new ViewCall("/a"), Cancel)).Counted);
    }

    private static JsonNode Manifest(string backup) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(backup, "manifest.json")))!;

    /// <summary>Somebody writes to the database of feedback, until disposed of.</summary>
    private static async Task<IAsyncDisposable> LockedAsync(StandaloneShape portal)
    {
        var database = await portal.ConnectToFeedbackAsync();
        await using var command = database.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(Cancel);
        return database;
    }

    private static void NoSecretIn(string backup, string data)
    {
        byte[][] secrets =
        [
            .. ((string[])["secrets/visitor-secret", "operator.key"]).Select(name =>
                Encoding.UTF8.GetBytes(File.ReadAllText(Path.Combine(data, name)).Trim())
            ),
        ];
        Assert.All(
            Directory.GetFiles(backup, "*", SearchOption.AllDirectories),
            file => Assert.All(secrets, secret => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(secret)))
        );
    }

    /// <summary>As an operator checks it, without this product.</summary>
    private static async Task SumsFitAsync(string backup)
    {
        foreach (var sums in (string[])["SHA256SUMS", "manifest.json.sha256"])
        {
            await ChildProcess.RunAsync("sh", ["-c", $"cd '{backup}' && sha256sum --strict --quiet -c {sums}"]);
        }
    }

    /// <summary>One that runs, for the tests that leave it so.</summary>
    public sealed class RunningPortal(UsedFolder used) : IAsyncLifetime
    {
        public StandaloneShape Portal { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Portal = await used.PrepareAsync();
            await Portal.StartAsync();
        }

        public ValueTask DisposeAsync() => Portal.DisposeAsync();
    }
}
