using System.Buffers.Binary;
using System.Text;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>
/// The store has no checksum of what it reads back: the ledgers are looked through before anything is counted.
/// </summary>
public sealed class FlippedByteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flipped_byte_that_makes_a_field_impossible_is_told_in_one_line_and_the_files_are_left_alone()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        Assert.True((await portal.PublicDoor.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
        Assert.Equal([0], await portal.TerminateAsync());

        var log = Path.Combine(Folders.Log(portal.Data), "aof.log.0");
        var bytes = await File.ReadAllBytesAsync(log, Cancel);
        // "w:" and the minute at which the week began.
        var week = bytes.AsSpan().LastIndexOf("w:29"u8);
        Assert.InRange(week, 0, bytes.Length);
        var name = Encoding.ASCII.GetString(bytes, week, "w:29922780".Length);
        bytes[week + name.Length - 2] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancel);
        var before = Folders.Contents(Path.Combine(portal.Data, "store"));

        var run = await portal.RunToEndAsync();

        Assert.Equal(1, run.ExitCode);
        var line = Assert.Single(run.Errors);
        Assert.Contains("The ledger of site is damaged", line, StringComparison.Ordinal);
        Assert.Contains(name[..^2], line, StringComparison.Ordinal);
        Assert.Equal(before, Folders.Contents(Path.Combine(portal.Data, "store")));

        bytes[week + name.Length - 2] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancel);
        await portal.StartAsync();
        Assert.Equal(1, (await portal.PublicDoor.StatsAsync("site", Cancel)).Stats.Views.Total);
    }

    /// <summary>
    /// What lies behind it would be taken for the remains of a commit that was being written, and cut off.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_between_commits_loses_none_of_those_behind_it(bool ofCommit)
    {
        const int Views = 20;
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        for (var i = 0; i < Views; i++)
        {
            Assert.True((await portal.PublicDoor.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
        }
        Assert.Equal([0], await portal.TerminateAsync());

        var log = Path.Combine(Folders.Log(portal.Data), "aof.log.0");
        var bytes = await File.ReadAllBytesAsync(log, Cancel);
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
        var place = ofCommit ? middle + 9 : others.Last(other => other < middle) + 1;
        bytes[place] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancel);
        var before = Folders.Contents(Path.Combine(portal.Data, "store"));

        var run = await portal.RunToEndAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("its log is broken behind", Assert.Single(run.Errors), StringComparison.Ordinal);
        Assert.Equal(before, Folders.Contents(Path.Combine(portal.Data, "store")));

        bytes[place] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancel);
        await portal.StartAsync();
        Assert.Equal(Views, (await portal.PublicDoor.StatsAsync("site", Cancel)).Stats.Views.Total);
    }
}
