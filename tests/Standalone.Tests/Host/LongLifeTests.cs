using System.Globalization;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using PortalServices.Testing.Storm;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>
/// A portal that has written more than its memory holds, in a long run many times as much: neither its numbers nor its folder nor its starts show
/// it.
/// </summary>
public sealed class LongLifeTests
{
    private const long Kilobyte = 1024;
    private const long Megabyte = 1024 * Kilobyte;
    private const int Memory = 16;
    private const int Checkpoint = 512;

    // Pages are few, paths are long: every view adds more than so many bytes to the log, and none to what the store
    // holds.
    private const int LeastBytesOfView = 560;

    private static readonly int Kills = LongRun.IsOn ? 5 : 2;
    private static readonly double Times = LongRun.IsOn ? 10 : 1.25;
    private static readonly int Views = (int)(Times * Memory * Megabyte / LeastBytesOfView);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_of_more_than_the_memory_leave_every_number_right_and_folder_and_start_small()
    {
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Sites = [new("busy"), new("quiet")],
                Counting = new Dictionary<string, string>
                {
                    ["Store:MemoryMegabytes"] = Memory.ToString(CultureInfo.InvariantCulture),
                    ["Store:CheckpointKilobytes"] = Checkpoint.ToString(CultureInfo.InvariantCulture),
                },
            }
        );
        // Its ledger is the oldest record of all, and nobody touches it again.
        Assert.True((await portal.PublicDoor.ViewAsync("quiet", new ViewCall("/a"), Cancel)).Counted);
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = ["busy"],
                Doors = [portal.PublicDoor],
                Views = Views,
                Clients = 128,
                OwnPages = false,
                SharedPages = 1_000,
                SharedPath = "/" + new string('x', 480),
            }
        );
        var running = storm.RunAsync(Cancel);
        var end = 0L;
        for (var kill = 1; kill <= Kills; kill++)
        {
            var until = kill < Kills ? Views / Kills * kill : Views;
            await Eventually.HoldsAsync(
                () => storm.Acknowledged >= until || running.IsCompleted,
                string.Create(CultureInfo.InvariantCulture, $"{until} acknowledged"),
                Cancel,
                TimeSpan.FromMinutes(5 * LongRun.Factor)
            );
            await portal.KillAsync();
            end = AssertSmall(portal.Data);
            await portal.StartAsync();
            await using var store = await portal.ConnectToStoreAsync();
            await storm.AuditAsync(store);
        }

        await running;
        Assert.InRange(end, (long)(Times * Memory * Megabyte), long.MaxValue);
        Assert.Equal(Views, storm.Acknowledged);
        await using var last = await portal.ConnectToStoreAsync();
        Assert.Equal(Views, await storm.CountedAsync(last));
        Assert.Equal(1, (await Ledger.ReadAsync(last, "quiet")).Total);
    }

    /// <summary>What a kill leaves; returns how many bytes of log were written in all.</summary>
    private static long AssertSmall(string data)
    {
        var log = new StoreLog(Path.Combine(data, "store"));
        var end = log.FindEnd();
        var replayed = end - BeginOfLog(data);
        var size = Directory
            .EnumerateFiles(data, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".sock", StringComparison.Ordinal))
            .Sum(file => new FileInfo(file).Length);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{end / Kilobyte} KiB of log written, {replayed / Kilobyte} to replay, the folder has {size / Kilobyte}"
            )
        );
        // A checkpoint is due at so many kilobytes; what comes until it is seen to be, and while it is written, is far
        // less than the memory.
        Assert.InRange(replayed, 0, (Checkpoint * Kilobyte) + (Memory * Megabyte / 2));
        // Two checkpoints, should the kill come between writing one and removing the other, and the log in whole
        // segments.
        Assert.InRange(size, 0, (Memory * Megabyte) + (2 * Checkpoint * Kilobyte) + (2 * StoreSettings.SegmentBytes));
        return end;
    }

    /// <summary>From where on the log counts, by the store's own note.</summary>
    private static long BeginOfLog(string data)
    {
        var notes = Directory.GetFiles(Path.Combine(Folders.Log(data), "log-commits"));
        return notes.Max(note => LogCommit.Read(File.ReadAllBytes(note).AsSpan(sizeof(int)))?.Begin ?? 0);
    }
}
