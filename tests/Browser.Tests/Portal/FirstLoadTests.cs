using System.Globalization;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>What the first page costs somebody who has never been here.</summary>
public sealed class FirstLoadTests(Chromium chromium, SeededPortal portal, ITestOutputHelper output)
{
    private const int MaxBytes = 60 * 1024,
        MaxRequests = 8;

    [Theory]
    [InlineData("/")]
    [InlineData(SeededPortal.Article)]
    public async Task It_is_small_and_one_file_at_most_holds_it_up(string path)
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        var network = await page.Context.NewCDPSessionAsync(page);
        var (requests, bytes) = (0, 0L);
        network.Event("Network.requestWillBeSent").OnEvent += (_, _) => Interlocked.Increment(ref requests);
        network.Event("Network.loadingFinished").OnEvent += (_, finished) =>
            Interlocked.Add(ref bytes, (long)finished!.Value.GetProperty("encodedDataLength").GetDouble());
        await network.SendAsync("Network.enable");
        await page.GotoAsync(portal.Url(path), new() { WaitUntil = WaitUntilState.NetworkIdle });
        output.WriteLine($"{path}: {bytes} bytes, {requests} requests");
        Assert.InRange(requests, 4, MaxRequests);
        Assert.InRange(bytes, 10_000, MaxBytes);
        Assert.InRange(
            await page.EvaluateAsync<int>(
                "performance.getEntriesByType('resource').filter(each => each.renderBlockingStatus === 'blocking').length"
            ),
            0,
            1
        );
    }

    // A figure to look at: how soon depends on the machine.
    [Fact]
    public async Task Its_largest_part_is_painted_over_a_slow_network_too()
    {
        await using var visitor = await chromium.NewVisitorAsync(
            new()
            {
                ViewportSize = new() { Width = 412, Height = 900 },
            }
        );
        var page = await visitor.Profile.NewPageAsync();
        var network = await page.Context.NewCDPSessionAsync(page);
        await network.SendAsync("Network.enable");
        // What the portal and the browser do for the first time is not what is measured.
        await page.GotoAsync(portal.Url("/"), new() { WaitUntil = WaitUntilState.NetworkIdle });
        await page.GotoAsync("about:blank");
        await network.SendAsync("Network.clearBrowserCache");
        await network.SendAsync(
            "Network.emulateNetworkConditions",
            new()
            {
                ["offline"] = false,
                ["latency"] = 150,
                ["downloadThroughput"] = 1_600_000 / 8,
                ["uploadThroughput"] = 750_000 / 8,
            }
        );
        await network.SendAsync("Emulation.setCPUThrottlingRate", new() { ["rate"] = 4 });
        await page.GotoAsync(portal.Url("/"), new() { WaitUntil = WaitUntilState.NetworkIdle });
        var painted = await page.EvaluateAsync<double>(
            """
            () => new Promise(resolve => new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime))
              .observe({ type: 'largest-contentful-paint', buffered: true }))
            """
        );
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"largest contentful paint at 1.6 Mbit/s, 150 ms, a quarter of the processor: {painted:0} ms"
            )
        );
        Assert.True(painted > 0);
    }
}
