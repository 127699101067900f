using System.Globalization;
using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Stops;

/// <summary>
/// The process with the public door is asked to end while clients send on connections that they keep: each request that
/// it read is answered.
/// </summary>
public sealed partial class DoorStopTests
{
    private const int Rounds = 3;
    private const int ViewsOfEach = 50;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public async Task A_gateway_answers_all_that_it_has_read(int clients)
    {
        await using var portal = await ServicesShape.StartNewAsync(new PortalSettings());
        await StopAsync(portal, () => portal.Process, clients);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public async Task Standalone_answers_all_that_it_has_read(int clients)
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings());
        await StopAsync(portal, () => portal.Process, clients);
    }

    private static async Task StopAsync(IPortalShape portal, Func<HostProcess> process, int clients)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await portal.StartAsync();
            var steady = new SteadyClients(portal.PublicDoor.Door, "site", clients);
            var running = steady.RunAsync(Cancel);
            await Eventually.HoldsAsync(() => steady.Answered > clients * ViewsOfEach, "views under way", Cancel);
            Assert.Equal(0, await process().TerminateAsync());
            await running;

            Assert.Equal((0, 0), (steady.Unanswered, steady.Failed));
            var last = LastLine().Match(process().Output[^1]);
            Assert.True(last.Success, process().Tail());
            Assert.Equal((steady.Answered, steady.Answered, 0), (Number(last, 1), Number(last, 2), Number(last, 3)));
        }
    }

    private static int Number(Match line, int group) =>
        int.Parse(line.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("Stopped: ([0-9]+) requests read, ([0-9]+) answered, ([0-9]+) broken off")]
    private static partial Regex LastLine();
}
