using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// The log is cut at any place of the last two commits. Each start finds whole commits and nothing of the next, or
/// refuses and leaves the files as they are; and a store that starts goes on: what it commits then is there after the
/// next kill.
/// </summary>
public sealed class LogCutTests
{
    // Twelve fields of this size make commits of some 340 kB: a few of them fill a page of the log (2 MB), a few more a
    // file (4 MB).
    private const int Large = 14_000;

    public static TheoryData<string> Histories =>
        ["fresh", "restarted", "checkpoint", "checkpoint, restarted", "next page", "next file"];

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task A_cut_log_holds_whole_commits_or_is_refused_untouched(string history)
    {
        using var killed = new TemporaryDirectory();
        var (commits, ends) = await WriteAsync(history, killed.Path);
        var (recovered, refused) = (new HashSet<int>(), 0);
        foreach (var cut in Cuts.Between(ends[0], ends[2]))
        {
            using var copy = new TemporaryDirectory();
            Folders.Copy(killed.Path, copy.Path);
            Folders.CutLog(copy.Path, cut);
            if (await StartAsync(copy.Path) is { } found)
            {
                Assert.True(
                    found == commits - ends.Count(end => end > cut),
                    $"{history}: cut at {cut} of {string.Join(", ", ends)}, found {found} of {commits}"
                );
                recovered.Add(found);
            }
            else
            {
                refused++;
            }
        }

        Assert.Contains(commits, recovered);
        Assert.Contains(commits - 1, recovered);
        // Only what lies below the store's own note of a commit, written at the first of a process, is refused.
        Assert.Equal(history.EndsWith("restarted", StringComparison.Ordinal), refused > 0);
    }

    /// <summary>The last commit found, or null when the start was refused.</summary>
    private static async Task<int?> StartAsync(string data)
    {
        var before = Folders.Contents(data);
        int found;
        try
        {
            await using var store = await StoreRun.StartAsync(data);
            found = await store.LastCommitAsync();
        }
        catch (StartupException refusal)
        {
            Assert.StartsWith(
                $"Store: {Path.Combine(data, "store")} is damaged and was left as it is: ",
                refusal.Message,
                StringComparison.Ordinal
            );
            Assert.Equal(before, Folders.Contents(data));
            return null;
        }

        using var killedAgain = new TemporaryDirectory();
        await using (var store = await StoreRun.StartAsync(data))
        {
            Assert.Equal(found, await store.LastCommitAsync());
            await store.CommitAsync(2);
            store.CopyTo(killedAgain.Path);
        }

        await using var last = await StoreRun.StartAsync(killedAgain.Path);
        Assert.Equal(found + 2, await last.LastCommitAsync());
        return found;
    }

    /// <summary>
    /// Makes a history and leaves it as a kill would. Returns how many commits it has, and where the last three of them
    /// end.
    /// </summary>
    private static async Task<(int Commits, long[] Ends)> WriteAsync(string history, string killed)
    {
        using var folder = new TemporaryDirectory();
        if (history.EndsWith("restarted", StringComparison.Ordinal))
        {
            await using var earlier = await StoreRun.StartAsync(folder.Path);
            await earlier.CommitAsync(20);
            if (history.StartsWith("checkpoint", StringComparison.Ordinal))
            {
                await earlier.CheckpointAsync();
            }
            await earlier.CommitAsync(3);
        }

        await using var store = await StoreRun.StartAsync(folder.Path);
        var filling = 40;
        switch (history)
        {
            case "checkpoint":
                await store.CommitAsync(20);
                await store.CheckpointAsync();
                await store.CommitAsync(1);
                break;
            case "fresh":
                await store.CommitAsync(3);
                break;
            case "next page" or "next file":
                filling = Large;
                await CommitUpToAsync(
                    store,
                    history == "next page" ? StoreSettings.SegmentBytes / 2 : StoreSettings.SegmentBytes,
                    filling
                );
                break;
        }

        var ends = new long[3];
        for (var i = 0; i < ends.Length; i++)
        {
            if (i > 0)
            {
                await store.CommitAsync(1, filling);
            }
            ends[i] = await store.LogEndAsync();
        }

        var commits = await store.LastCommitAsync();
        store.CopyTo(killed);
        return (commits, ends);
    }

    /// <summary>Commits until the second next commit lies beyond the address.</summary>
    private static async Task CommitUpToAsync(StoreRun store, long address, int filling)
    {
        var (before, end) = (0L, 0L);
        while (end + ((end - before) * 3 / 2) < address)
        {
            before = end;
            await store.CommitAsync(1, filling);
            end = await store.LogEndAsync();
        }
    }
}
