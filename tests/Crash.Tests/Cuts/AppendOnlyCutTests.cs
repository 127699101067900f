using System.Collections.Concurrent;
using System.Globalization;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Crash.Tests.Cuts;

/// <summary>
/// A power cut leaves the append-only file at any length. At each, Redis must come up with the commits that are whole
/// in the file and with nothing of the next, also at the start after that one.
/// </summary>
public sealed class AppendOnlyCutTests
{
    private const string Site = "site";
    private const int Commits = 6;
    private const int AtOnce = 2;
    private const int BytesBetweenCuts = 48;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_cut_at_any_byte_of_the_last_two_commits_holds_whole_commits_only()
    {
        using var original = new TemporaryDirectory();
        var states = await WriteCommitsAsync(original.Path);
        var whole = await File.ReadAllBytesAsync(LogIn(original.Path), Cancel);
        // Before its first commit the process notes which secret the ledger is made with, and the site's calendar.
        var records = AppendOnlyFile.Read(whole);
        var commits = records
            .Where(record => record.Command == "HSET" && record.Key == Ledger.Key(Site))
            .Skip(2)
            .ToArray();
        Assert.Equal(states.Count, commits.Length);

        var bytes = whole.Length - commits[^2].Begin;
        Assert.True(bytes > 300, $"Only {bytes} bytes in the last two commits?");
        var cuts = new ConcurrentQueue<int>(Enumerable.Range(commits[^2].Begin, bytes).Where(at => IsCut(records, at)));
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{cuts.Count} cuts in {bytes} bytes")
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(_ => Task.Run(() => CutAsync(original.Path, whole, commits, states, cuts), Cancel))
        );
    }

    /// <summary>In a long run at each byte; else around where a command begins or ends, and now and then in one.</summary>
    private static bool IsCut(IReadOnlyList<AppendOnlyRecord> records, int at) =>
        LongRun.Factor > 1
        || at % BytesBetweenCuts == 0
        || records.Any(record => Math.Abs(record.Begin - at) <= 2 || Math.Abs(record.End - at) <= 2);

    private static async Task CutAsync(
        string original,
        byte[] whole,
        AppendOnlyRecord[] commits,
        IReadOnlyList<string> states,
        ConcurrentQueue<int> cuts
    )
    {
        using var folder = new TemporaryDirectory();
        Copy(original, folder.Path);
        await using var redis = RedisServer.On(folder.Path, Ports.Free());
        while (cuts.TryDequeue(out var cut))
        {
            await File.WriteAllBytesAsync(LogIn(folder.Path), whole[..cut], Cancel);
            var expected = states[commits.Count(commit => commit.End <= cut) - 1];
            for (var start = 1; start <= 2; start++)
            {
                await redis.StartAgainAsync();
                var found = await StateAsync(redis);
                await redis.KillAsync();
                Assert.True(
                    found == expected,
                    $"Cut at byte {cut}, start {start}: expected\n{expected}\nfound\n{found}"
                );
            }
        }
    }

    /// <summary>
    /// Lets counting make commits of one view each, and returns the ledger as it was after each of them.
    /// </summary>
    private static async Task<IReadOnlyList<string>> WriteCommitsAsync(string folder)
    {
        using var seeds = new TemporaryDirectory();
        await using var redis = RedisServer.On(folder, Ports.Free());
        await redis.StartAgainAsync();
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, seeds.Path, [new(Site)]);
        List<string> states = [];
        for (var commit = 0; commit < Commits; commit++)
        {
            var view = new ViewCall($"/page/{commit % 4}")
            {
                View = ViewCall.NewId(),
                UserAgent = $"{ViewCall.Browser} {commit}",
            };
            Assert.True((await replica.Internal.ViewAsync(Site, view, Cancel)).Counted);
            states.Add(await StateAsync(redis));
        }
        Assert.Equal(0, await replica.TerminateAsync());
        Assert.Equal(states[^1], await StateAsync(redis));
        return states;
    }

    private static async Task<string> StateAsync(RedisServer redis)
    {
        await using var connection = await redis.ConnectAsync();
        var fields = await connection.GetDatabase().HashGetAllAsync(Ledger.Key(Site));
        return string.Join('\n', fields.Select(Text).Order(StringComparer.Ordinal));
    }

    private static string Text(HashEntry field) =>
        $"{Convert.ToHexString((byte[])field.Name!)}={Convert.ToHexString((byte[])field.Value!)}";

    private static string LogIn(string folder) =>
        Directory.GetFiles(Path.Combine(folder, "appendonlydir"), "*.incr.aof").Single();

    private static void Copy(string from, string to)
    {
        var files = Directory.CreateDirectory(Path.Combine(to, "appendonlydir"));
        foreach (var file in Directory.GetFiles(Path.Combine(from, "appendonlydir")))
        {
            File.Copy(file, Path.Combine(files.FullName, Path.GetFileName(file)));
        }
    }
}
