using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// Files that are not what the store left: the store itself would start with fewer numbers, or with half a commit.
/// </summary>
public sealed class DamageTests
{
    private const int Commits = 30;

    [Fact]
    public async Task An_earlier_file_of_the_log_that_was_shortened_is_refused()
    {
        using var folder = new TemporaryDirectory();
        await using (var store = await StoreRun.StartAsync(folder.Path))
        {
            await store.CommitAsync(Commits, filling: 14_000);
        }

        Folders.Cut(Path.Combine(Folders.Log(folder.Path), "aof.log.0"), 3_000_000);

        await RefusedAsync(folder.Path, "aof.log.0 is missing or shorter than it was");
    }

    [Fact]
    public async Task A_log_that_lost_its_notes_is_refused_once_it_has_no_beginning()
    {
        using var folder = new TemporaryDirectory();
        await using (var store = await StoreRun.StartAsync(folder.Path))
        {
            await store.CommitAsync(Commits, filling: 14_000);
            await store.CheckpointAsync();
            await store.CommitAsync(2);
        }

        Directory.Delete(Path.Combine(Folders.Log(folder.Path), "log-commits"), recursive: true);

        await RefusedAsync(folder.Path, "the notes of commits are missing");
    }

    [Fact]
    public async Task A_note_that_was_being_written_is_passed_over()
    {
        using var folder = new TemporaryDirectory();
        await using (var store = await StoreRun.StartAsync(folder.Path))
        {
            await store.CommitAsync(3);
        }
        File.WriteAllText(Path.Combine(Folders.Log(folder.Path), "log-commits", "commit.4.0"), "");

        await using var next = await StoreRun.StartAsync(folder.Path);

        Assert.Equal(3, await next.LastCommitAsync());
    }

    [Fact]
    public async Task Any_file_of_a_checkpoint_that_was_changed_or_taken_away_is_refused()
    {
        using var folder = new TemporaryDirectory();
        await using (var store = await StoreRun.StartAsync(folder.Path))
        {
            await store.CommitAsync(3);
            await store.CheckpointAsync();
            await store.CommitAsync(3);
        }

        var checkpoints = Path.Combine("store", "Store", "checkpoints");
        var files = Directory.GetFiles(Path.Combine(folder.Path, checkpoints), "*", SearchOption.AllDirectories);
        Assert.True(files.Length >= 4, $"only {string.Join(", ", files)}");
        foreach (
            var file in files
                .Where(file => new FileInfo(file).Length > 0)
                .Select(file => Path.GetRelativePath(folder.Path, file))
        )
        {
            foreach (var damage in new Action<string>[] { File.Delete, path => Folders.Cut(path, 100), Flip })
            {
                using var copy = new TemporaryDirectory();
                Folders.Copy(folder.Path, copy.Path);
                damage(Path.Combine(copy.Path, file));
                await RefusedAsync(copy.Path, $"{Path.GetRelativePath("store", file)} is missing or not what it was");
            }
        }
    }

    [Fact]
    public async Task A_kill_while_a_checkpoint_is_written_leaves_what_can_be_started()
    {
        using var folder = new TemporaryDirectory();
        using var killed = new TemporaryDirectory();
        await using (var store = await StoreRun.StartAsync(folder.Path))
        {
            await store.CommitAsync(3);
            await store.CheckpointAsync();
            await store.CommitAsync(3);
            new CheckpointFiles(Path.Combine(folder.Path, "store")).BeforeWriting();
            store.CopyTo(killed.Path);
        }

        await using var next = await StoreRun.StartAsync(killed.Path);

        Assert.Equal(6, await next.LastCommitAsync());
    }

    /// <summary>
    /// The mark of a commit ends the log. Garnet takes one of which only the first bytes are there for the sign of an
    /// empty log.
    /// </summary>
    [Theory]
    [InlineData(40)]
    [InlineData(39)]
    [InlineData(38)]
    [InlineData(36)]
    public async Task The_remains_of_a_commits_mark_do_not_empty_the_store(int missing)
    {
        using var folder = new TemporaryDirectory();
        long end;
        await using (var store = await StoreRun.StartAsync(folder.Path))
        {
            await store.CommitAsync(3);
            end = await store.LogEndAsync();
        }

        Folders.CutLog(folder.Path, end - missing);

        await using var next = await StoreRun.StartAsync(folder.Path);
        Assert.Equal(2, await next.LastCommitAsync());
    }

    [Fact]
    public async Task The_remains_of_a_commit_are_cut_off_at_the_next_start()
    {
        using var folder = new TemporaryDirectory();
        long end;
        await using (var store = await StoreRun.StartAsync(folder.Path))
        {
            await store.CommitAsync(3);
            end = await store.LogEndAsync();
            await store.CommitAsync(1, filling: 1_000);
        }

        Folders.CutLog(folder.Path, end + 9_000);
        await using var next = await StoreRun.StartAsync(folder.Path);

        Assert.Equal(3, await next.LastCommitAsync());
        var length = new FileInfo(Path.Combine(Folders.Log(folder.Path), "aof.log.0")).Length;
        Assert.InRange(length, end, end + 511);
    }

    private static async Task RefusedAsync(string data, string reason)
    {
        var before = Folders.Contents(data);
        var refusal = await Assert.ThrowsAsync<StartupException>(async () =>
            await (await StoreRun.StartAsync(data)).DisposeAsync()
        );
        Assert.StartsWith(
            $"Store: {Path.Combine(data, "store")} is damaged and was left as it is: {reason}.",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(before, Folders.Contents(data));
    }

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
