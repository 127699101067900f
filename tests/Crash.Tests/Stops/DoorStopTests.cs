using System.Globalization;
using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Stops;

/// <summary>
/// The process with the public door is asked to end while clients send on connections that they keep: each request that
/// it read is answered.
/// </summary>
public sealed partial class DoorStopTests(Portals portals) : IClassFixture<Portals>
{
    private static readonly int ViewsOfEach = LongRun.Factor == 1 ? 25 : 50,
        Rounds = LongRun.Factor == 1 ? 1 : 3;
    private static readonly PortalSettings Settings = new();

    private readonly string _site = portals.NewSite();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Rows]
    [UsualRow(true, 16)]
    [UsualRow(false, 64)]
    [LongRow(true, 64)]
    [LongRow(false, 16)]
    public async Task The_process_with_the_public_door_answers_all_that_it_has_read(bool standalone, int clients)
    {
        for (var round = 0; round < Rounds; round++)
        {
            // What it says at its end is of all that it has read: it is a new process in each round, and nothing else
            // was asked of it.
            var portal = await portals.InAsync(standalone, Settings, allAnswer: false);
            var steady = new SteadyClients(portal.PublicDoor.Door, _site, clients);
            var running = steady.RunAsync(Cancel);
            await Eventually.HoldsAsync(() => steady.Answered > clients * ViewsOfEach, "views under way", Cancel);
            Assert.Equal(0, await portal.Process.TerminateAsync());
            await running;

            Assert.Equal((0, 0), (steady.Unanswered, steady.Failed));
            var last = LastLine().Match(portal.Process.Output[^1]);
            Assert.True(last.Success, portal.Process.Tail());
            Assert.Equal((steady.Answered, steady.Answered, 0), (Number(last, 1), Number(last, 2), Number(last, 3)));
        }
    }

    private static int Number(Match line, int group) =>
        int.Parse(line.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("Stopped: ([0-9]+) requests read, ([0-9]+) answered, ([0-9]+) broken off")]
    private static partial Regex LastLine();
}
