using System.Buffers.Binary;
using System.Text;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>
/// The store has no checksum of what it reads back: the ledgers are looked through before anything is counted.
/// </summary>
public sealed class FlippedByteTests(UsedFolder used)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flipped_byte_that_makes_a_field_impossible_is_told_in_one_line_and_the_files_are_left_alone()
    {
        await using var portal = await used.PrepareAsync();
        var bytes = await File.ReadAllBytesAsync(Log(portal), Cancel);
        // "w:" and the minute at which the week began.
        var week = bytes.AsSpan().LastIndexOf("w:29"u8);
        Assert.InRange(week, 0, bytes.Length);
        var name = Encoding.ASCII.GetString(bytes, week, "w:29922780".Length);

        var run = await RunFlippedAsync(portal, week + name.Length - 2);

        Assert.Equal(1, run.ExitCode);
        var line = Assert.Single(run.Errors);
        Assert.Contains("The ledger of site is damaged", line, StringComparison.Ordinal);
        Assert.Contains(name[..^2], line, StringComparison.Ordinal);

        await portal.StartAsync();
        Assert.Equal(UsedFolder.Views, (await portal.PublicDoor.StatsAsync("site", Cancel)).Stats.Views.Total);
    }

    /// <summary>
    /// What lies behind it would be taken for the remains of a commit that was being written, and cut off.
    /// </summary>
    [Fact]
    public async Task A_flipped_bit_between_commits_loses_none_of_those_behind_it()
    {
        await using var portal = await used.PrepareAsync();
        var bytes = await File.ReadAllBytesAsync(Log(portal), Cancel);
        var (commits, others) = (new List<int>(), new List<int>());
        for (
            var at = (int)LogScan.FirstAddress;
            BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) is not 0 and var length;
            at += sizeof(int) + ((Math.Abs(length) + 3) & ~3)
        )
        {
            (length < 0 ? commits : others).Add(at);
        }
        // Of a commit its checksum, of another record its length.
        var middle = commits[commits.Count / 2];
        foreach (var place in (int[])[middle + 9, others.Last(other => other < middle) + 1])
        {
            var run = await RunFlippedAsync(portal, place);

            Assert.Equal(1, run.ExitCode);
            Assert.Contains("its log is broken behind", Assert.Single(run.Errors), StringComparison.Ordinal);
        }

        await portal.StartAsync();
        Assert.Equal(UsedFolder.Views, (await portal.PublicDoor.StatsAsync("site", Cancel)).Stats.Views.Total);
    }

    private static string Log(StandaloneShape portal) => Path.Combine(Folders.Log(portal.Data), "aof.log.0");

    /// <summary>
    /// Starts it with one bit of its log flipped, where it must fail and leave all files alone; then the bit is right
    /// again.
    /// </summary>
    private static async Task<HostRun> RunFlippedAsync(StandaloneShape portal, int place)
    {
        var (log, store) = (Log(portal), Path.Combine(portal.Data, "store"));
        var bytes = await File.ReadAllBytesAsync(log, Cancel);
        bytes[place] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancel);
        var before = Folders.Contents(store);

        var run = await portal.RunToEndAsync();

        Assert.Equal(before, Folders.Contents(store));
        bytes[place] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancel);
        return run;
    }
}
