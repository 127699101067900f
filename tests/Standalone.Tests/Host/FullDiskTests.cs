using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>A disk that takes nothing more: nothing unacknowledged is shown, and a new start mends it.</summary>
public sealed class FullDiskTests
{
    private const int Megabytes = 48,
        SmallestCheckpoint = 64,
        LargestCheckpoint = 1024 * 1024,
        MaxViews = 2_000;
    private const string Full = "No space left on device";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Full before the first commit, which writes a note of its own, before the second, or where the first checkpoint
    /// is written. Full once more when it is to end, it holds up the end as little.
    /// </summary>
    [Theory, Rows]
    [UsualRow(0, LargestCheckpoint, 0)]
    [LongRow(1, LargestCheckpoint, 0)]
    [UsualRow(1, SmallestCheckpoint, 2 * SmallestCheckpoint * 1024)]
    public async Task A_disk_that_gets_full_ends_the_process_with_one_line_and_loses_nothing(
        int before,
        int checkpointKilobytes,
        int leaves
    )
    {
        await using var portal = await PrepareAsync(checkpointKilobytes);
        await portal.StartAsync();
        var counted = 0;
        for (; counted < before; counted++)
        {
            Assert.True((await portal.PublicDoor.ViewAsync("site", Call(counted), Cancel)).Counted);
        }
        portal.Disk.Fill(leaves);

        Reply? reply;
        while ((reply = await TryViewAsync(portal, counted)) is { Status: HttpStatusCode.OK })
        {
            Assert.InRange(++counted, 1, MaxViews);
            await AssertShowsAsync(portal, counted);
        }

        Assert.True(
            reply is null or { Status: HttpStatusCode.ServiceUnavailable, Code: "store_unavailable" },
            $"{reply}"
        );
        var ended = portal.Process.WaitForEndAsync();
        while (!ended.IsCompleted)
        {
            await AssertShowsAsync(portal, counted);
        }
        var run = await ended;
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(Full, Assert.Single(run.Errors), StringComparison.Ordinal);
        Assert.Contains("Nothing that was acknowledged is lost", run.Errors[0], StringComparison.Ordinal);

        portal.Disk.Fill();
        var again = await portal.RunToEndAsync();
        Assert.Equal(1, again.ExitCode);
        Assert.Contains(Full, Assert.Single(again.Errors), StringComparison.Ordinal);

        portal.Disk.Empty();
        await portal.StartAsync();
        Assert.Equal(counted, await TotalAsync(portal));
        // The view that was not answered is counted now, as it was not before.
        Assert.True((await portal.PublicDoor.ViewAsync("site", Call(counted), Cancel)).Counted);
        Assert.False((await portal.PublicDoor.ViewAsync("site", Call(0), Cancel)).Counted);
        Assert.Equal(counted + 1, await TotalAsync(portal));
        if (checkpointKilobytes == LargestCheckpoint)
        {
            Assert.Equal([0], await portal.TerminateAsync());
            return;
        }
        portal.Disk.Fill();
        await AssertEndsOnFullDiskAsync(portal);
    }

    /// <summary>Ends it in good order; unless it has seen by itself that nothing can be written any more.</summary>
    private static async Task AssertEndsOnFullDiskAsync(StandaloneShape portal)
    {
        var code = Assert.Single(await portal.TerminateAsync());
        var run = await portal.Process.WaitForEndAsync();
        Assert.True(
            code == 0 ? run.Errors.Count == 0 : run.Errors.Single().Contains(Full, StringComparison.Ordinal),
            $"{code}: {string.Join('\n', run.Errors)}"
        );
    }

    private static async Task<StandaloneShape> PrepareAsync(int checkpointKilobytes)
    {
        var portal = StandaloneShape.Prepare(
            new PortalSettings
            {
                DiskMegabytes = Megabytes,
                Counting = new Dictionary<string, string> { ["Store:CheckpointKilobytes"] = $"{checkpointKilobytes}" },
            }
        );
        if (!await portal.TryMountAsync())
        {
            Assert.Skip("Not shown: what a full disk does, because this machine forbids namespaces for mounts.");
        }
        return portal;
    }

    private static ViewCall Call(int number) => new("/a") { View = $"view-{number:D16}" };

    private static async Task<Reply?> TryViewAsync(StandaloneShape portal, int number)
    {
        try
        {
            return await portal.PublicDoor.ViewAsync("site", Call(number), Cancel);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>What the box shows while it answers: what was acknowledged.</summary>
    private static async Task AssertShowsAsync(StandaloneShape portal, int counted)
    {
        try
        {
            Assert.Equal(counted, await TotalAsync(portal));
        }
        catch (HttpRequestException)
        {
            // It ends.
        }
    }

    private static async Task<long> TotalAsync(StandaloneShape portal) =>
        (await portal.PublicDoor.GetAsync("/api/sites/site/stats", Cancel)).Stats.Views.Total;
}
