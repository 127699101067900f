using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>What <c>--restore</c> puts back, and what it refuses: then nothing is left in the place of the data.</summary>
[SupportedOSPlatform("linux")]
public sealed class RestoreTests(MadeBackup made) : IClassFixture<MadeBackup>
{
    private const string Loss = $"/api/operator/sites/{MadeBackup.Site}/store-loss";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_changed_byte_is_refused()
    {
        string[] names =
        [
            "content.db",
            "feedback.db",
            "store/AOF/aof.log.0",
            "store/checkpoint-files",
            "snapshot.obj.dat.0",
            "ht.dat.0",
            "manifest.json",
            "manifest.json.sha256",
            "SHA256SUMS",
        ];
        return EachIsRefusedAsync(
            names.Select(name => (name.Split('/')[^1], (Action<string>)(backup => ChangeByte(backup, name))))
        );
    }

    [Fact]
    public Task Files_that_are_not_those_of_the_manifest_are_refused() =>
        EachIsRefusedAsync([
            ("content.db is missing", backup => File.Delete(Path.Combine(backup, "content.db"))),
            ("feedback.db has ", backup => Folders.Cut(Path.Combine(backup, "feedback.db"), 4096)),
            (
                "store/other is not in manifest.json",
                backup => File.WriteAllText(Path.Combine(backup, "store", "other"), "")
            ),
            ("other is a link", backup => File.CreateSymbolicLink(Path.Combine(backup, "other"), "/etc/passwd")),
            ("holds no manifest.json", backup => File.Delete(Path.Combine(backup, "manifest.json"))),
        ]);

    /// <summary>Whoever can change a manifest can write its checksums, too: what it says is compared all the same.</summary>
    [Fact]
    public Task A_manifest_that_says_something_else_is_refused()
    {
        (string Path, string Value, string Reason)[] changes =
        [
            ("format", "2", "manifest.json is of format 2, and this version reads format 1"),
            ("counting.sites.site.counted", "6", "counting.sites.site.counted is 5, and manifest.json says 6"),
            ("counting.sites.site.epoch", "1", "counting.sites.site.epoch is "),
            ("feedback.receipts", "1", "feedback.receipts is 0, and manifest.json says 1"),
            ("content.rows.Articles", "7", "content.rows.Articles is 0, and manifest.json says 7"),
            ("files.0.path", "\"../content.db\"", "names ../content.db, which cannot be a file of a backup"),
            ("files.0.path", "\"store/../../x\"", "names store/../../x, which cannot be a file of a backup"),
            ("files.0.path", "\"/etc/passwd\"", "names /etc/passwd, which cannot be a file of a backup"),
            ("files", "5", "manifest.json cannot be read"),
        ];
        return EachIsRefusedAsync(
            changes.Select(each =>
                (each.Reason, (Action<string>)(backup => Change(backup, each.Path.Split('.'), each.Value)))
            )
        );
    }

    [Fact]
    public async Task Only_a_folder_without_data_is_written_to()
    {
        await using var portal = StandaloneShape.Prepare(made.Settings);
        Directory.CreateDirectory(portal.Data);
        await File.WriteAllTextAsync(Path.Combine(portal.Data, "content.db"), "somebody's", Cancel);
        Assert.Contains(
            "is not empty, it holds content.db",
            MadeBackup.Refusal(await RestoreAsync(portal, made.Backup)),
            StringComparison.Ordinal
        );
        Assert.Equal(["content.db"], Directory.GetFileSystemEntries(portal.Data).Select(Path.GetFileName));

        await using var running = await StandaloneShape.StartNewAsync(made.Settings);
        Assert.Contains(
            "is not empty",
            MadeBackup.Refusal(await RestoreAsync(running, made.Backup)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "must not lie in one another",
            MadeBackup.Refusal(await RestoreAsync(running, running.Data)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_secret_is_refused_and_none_is_said()
    {
        using var place = new TemporaryDirectory();
        await using var portal = StandaloneShape.Prepare(made.Settings);
        await File.WriteAllTextAsync(place.File("visitor-secret"), new string('x', 43), Cancel);
        Assert.Equal(
            "--restore: the visitor secret is not the one that the ledger of site was made with",
            MadeBackup.Refusal(await portal.RunCommandAsync("--restore", made.Backup, "--restore-secrets", place.Path))
        );
        Assert.False(Directory.Exists(portal.Data));

        var without = await RestoreAsync(portal, made.Backup);
        Assert.Equal(0, without.ExitCode);
        Assert.Contains(
            without.Output,
            line =>
                line.StartsWith("Secrets: none.", StringComparison.Ordinal)
                && line.Contains("--accept-visitor-secret", StringComparison.Ordinal)
        );
        // Put there by hand, it is the right one.
        Directory.CreateDirectory(Path.Combine(portal.Data, "secrets"));
        File.Copy(Path.Combine(made.Secrets, "visitor-secret"), Path.Combine(portal.Data, "secrets", "visitor-secret"));
        await portal.StartAsync();
        Assert.Equal(MadeBackup.Views, (await portal.PublicDoor.StatsAsync(MadeBackup.Site, Cancel)).Stats.Views.Total);
    }

    [Fact]
    public async Task What_was_acknowledged_and_has_survived_says_how_much_is_lost()
    {
        await using var portal = StandaloneShape.Prepare(made.Settings);
        Directory.CreateDirectory(portal.Data);
        File.Copy(made.Acknowledged, Path.Combine(portal.Data, "acknowledged"));
        Directory.CreateDirectory(Path.Combine(portal.Data, "secrets"));
        File.Copy(Path.Combine(made.Secrets, "visitor-secret"), Path.Combine(portal.Data, "secrets", "visitor-secret"));
        var run = await RestoreAsync(portal, made.Backup);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        await portal.StartAsync();
        var loss = (
            await portal.OperatorsDoor.GetAsync(Loss, Cancel, ("Authorization", $"Bearer {BusyPortal.Chief.Value}"))
        ).Json;
        Assert.Equal(
            (true, MadeBackup.Views + 2, MadeBackup.Views),
            (loss.GetProperty("storeLoss").GetBoolean(), ViewsOf(loss, "expected"), ViewsOf(loss, "found"))
        );
    }

    [Fact]
    public async Task A_restore_that_did_not_end_is_no_data_and_is_begun_anew()
    {
        await using var portal = StandaloneShape.Prepare(made.Settings);
        Assert.Equal(0, (await RestoreAsync(portal, made.Backup)).ExitCode);
        // As a kill leaves it that comes while its parts are put into their places.
        Directory.CreateDirectory(Path.Combine(portal.Data, "restore.unfinished"));
        File.Move(
            Path.Combine(portal.Data, "feedback.db"),
            Path.Combine(portal.Data, "restore.unfinished", "feedback.db")
        );
        Assert.EndsWith(
            "holds a backup that was not put back whole: repeat --restore, or remove the folder",
            MadeBackup.Refusal(await portal.RunToEndAsync()),
            StringComparison.Ordinal
        );
        var again = await portal.RunCommandAsync("--restore", made.Backup, "--restore-secrets", made.Secrets);
        Assert.True(again.ExitCode == 0, string.Join('\n', again.Errors));
        await portal.StartAsync();
        Assert.Equal(MadeBackup.Views, (await portal.PublicDoor.StatsAsync(MadeBackup.Site, Cancel)).Stats.Views.Total);
    }

    /// <summary>
    /// Each of them is made of a store that was started on a checkpoint, and of one that holds a site which is in the
    /// list no more.
    /// </summary>
    [Fact]
    public async Task A_restored_portal_is_backed_up_running_and_stopped_and_both_are_restored()
    {
        using var place = new TemporaryDirectory();
        await using var portal = StandaloneShape.Prepare(made.Settings with { Sites = [new(MadeBackup.Quiet)] });
        await SucceedsAsync(portal.RunCommandAsync("--restore", made.Backup, "--restore-secrets", made.Secrets));
        await portal.StartAsync();
        await SucceedsAsync(portal.RunCommandAsync("--backup", place.File("running")));
        await portal.TerminateAsync();
        await SucceedsAsync(portal.RunCommandAsync("--backup", place.File("stopped")));
        // Other tests put back what a running portal wrote.
        foreach (var backup in Variants.Of(["stopped"], ["running"]))
        {
            await using var restored = StandaloneShape.Prepare(made.Settings);
            var manifest = JsonNode.Parse(
                await File.ReadAllTextAsync(Path.Combine(place.File(backup), "manifest.json"), Cancel)
            )!;
            Assert.Equal(
                MadeBackup.Views,
                manifest["counting"]!["sites"]![MadeBackup.Site]!["counted"]!.GetValue<long>()
            );
            await SucceedsAsync(
                restored.RunCommandAsync("--restore", place.File(backup), "--restore-secrets", made.Secrets)
            );
            await restored.StartAsync();
            var stats = (await restored.PublicDoor.StatsAsync(MadeBackup.Site, Cancel)).Stats;
            Assert.Equal((MadeBackup.Views, true), (stats.Views.Total, stats.StoreLoss));
            // It had nothing to lose at the backup, and may have had since.
            Assert.True((await restored.PublicDoor.StatsAsync(MadeBackup.Quiet, Cancel)).Stats.StoreLoss);
        }

        static async Task SucceedsAsync(Task<HostRun> command)
        {
            var run = await command;
            Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        }
    }

    [Fact]
    public async Task What_is_put_back_is_for_its_owner_alone()
    {
        await using var portal = StandaloneShape.Prepare(made.Settings);
        Directory.CreateDirectory(portal.Data);
        File.SetUnixFileMode(portal.Data, (UnixFileMode)0x1FF);
        var run = await portal.RunCommandAsync("--restore", made.Backup, "--restore-secrets", made.Secrets);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        Assert.Equal("rwx", ModeOf(new DirectoryInfo(portal.Data)));
        Assert.EndsWith($" to {portal.Data}", run.Output[^1], StringComparison.Ordinal);
        Assert.All(
            (string[])[portal.Data, made.Backup, made.Secrets],
            folder =>
                Assert.All(
                    new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories),
                    entry => Assert.Equal(entry is DirectoryInfo ? "rwx" : "rw-", ModeOf(entry))
                )
        );

        static string ModeOf(FileSystemInfo entry) =>
            entry.UnixFileMode switch
            {
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute => "rwx",
                UnixFileMode.UserRead | UnixFileMode.UserWrite => "rw-",
                var other => other.ToString(),
            };
    }

    /// <summary>
    /// A copy of the backup for each change, put back by itself and all of them in one process; that a process of its
    /// own ends with code 1 and the one line, the tests beside these show.
    /// </summary>
    private async Task EachIsRefusedAsync(IEnumerable<(string Reason, Action<string> Change)> changes)
    {
        using var place = new TemporaryDirectory();
        List<(string Reason, StandaloneShape Portal, HostStart Restore)> restores = [];
        foreach (var (reason, change) in changes)
        {
            var backup = place.File($"{restores.Count}");
            Folders.Copy(made.Backup, backup);
            change(backup);
            var portal = StandaloneShape.Prepare(made.Settings);
            restores.Add((reason, portal, portal.Command("--restore", backup)));
        }

        var runs = await ManyStarts.RunAsync(StandaloneShape.Project, [.. restores.Select(each => each.Restore)]);

        foreach (var ((reason, portal, _), run) in restores.Zip(runs))
        {
            await using (portal)
            {
                var refusal = MadeBackup.Refusal(run);
                Assert.StartsWith("--restore: ", refusal, StringComparison.Ordinal);
                Assert.Contains(reason, refusal, StringComparison.Ordinal);
                Assert.False(Directory.Exists(portal.Data), "something is left");
            }
        }
    }

    private static void ChangeByte(string backup, string name)
    {
        var file = name.Contains('/', StringComparison.Ordinal)
            ? Path.Combine(backup, name)
            : Directory.GetFiles(backup, name, SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static Task<HostRun> RestoreAsync(StandaloneShape portal, string backup) =>
        portal.RunCommandAsync("--restore", backup);

    private static int ViewsOf(JsonElement loss, string state) =>
        loss.GetProperty(state).GetProperty("views").GetInt32();

    private static void Change(string backup, string[] path, string value)
    {
        var file = Path.Combine(backup, "manifest.json");
        var before = HashOf(file);
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        var parent = path[..^1]
            .Aggregate(manifest, (node, name) => node is JsonArray list ? list[int.Parse(name, null)]! : node[name]!);
        var was = parent[path[^1]]!.ToJsonString().Trim('"');
        parent[path[^1]] = JsonNode.Parse(value);
        File.WriteAllText(file, manifest.ToJsonString());
        File.WriteAllText(file + ".sha256", $"{HashOf(file)}  manifest.json\n");
        var sums = Path.Combine(backup, "SHA256SUMS");
        File.WriteAllText(
            sums,
            File.ReadAllText(sums)
                .Replace(before, HashOf(file), StringComparison.Ordinal)
                .Replace($"  {was}\n", $"  {value.Trim('"')}\n", StringComparison.Ordinal)
        );
    }

    private static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
