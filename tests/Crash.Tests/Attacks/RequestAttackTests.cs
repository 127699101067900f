using System.Text;
using PortalServices.Testing;
using PortalServices.Testing.Attack;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Attacks;

/// <summary>
/// Requests that a service could trip over, in great number and with one replica down: those of ordinary clients are
/// all served.
/// </summary>
public sealed class RequestAttackTests
{
    private const string Site = "site";
    private const int OrdinaryClients = 10,
        Attackers = 16;
    private static readonly int RequestsOfEach = LongRun.Factor == 1 ? 60 : 200;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(LongRun.Factor == 1 ? 4 : 60),
        // So that the attack does not only measure how many requests the machine takes.
        Pace = TimeSpan.FromMilliseconds(LongRun.Factor == 1 ? 25 : 1);
    private static readonly PortalSettings Settings = new() { Sites = [new(Site)] };

    // Each was enough to break the connection that all visitors of a replica share, or to have a replica taken for
    // failing.
    private static readonly string[] Requests =
    [
        $"GET /api/sites/{Site}/stats HTTP/1.1\r\nHost: x\r\nX: {new string('a', 50_000)}\r\n\r\n",
        $"GET /api/sites/{Site}/stats?q={new string('|', 14_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
        $"GET /api/sites/{Site}/stats HTTP/1.1\r\nHost: x\r\nCookie: ten={Encoding.Latin1.GetString("Sơn La"u8)}\r\n\r\n",
        $"GET /api/sites/{Site}/stats HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 95).Select(number => $"X-{number}: a\r\n"))}\r\n",
        $"POST /api/sites/{Site}/pages/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
        $"CONNECT {Site}:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_gateway_serves_ordinary_clients_beside_requests_that_are_refused()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        await portal.Replicas[1].KillAsync();
        await Eventually.HoldsAsync(
            async () => (await ReplicasAsync(portal)) == "answering failing",
            "the gateway knows that one is down",
            Cancel
        );
        await AttackAsync(portal);
        Assert.Equal("answering failing", await ReplicasAsync(portal));
    }

    private static async Task AttackAsync(ServicesShape portal)
    {
        var ordinary = new OrdinaryClients(portal.PublicDoor, Site, OrdinaryClients);
        await ordinary.ConnectAsync(Cancel);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sent = 0;
        var attack = Task.WhenAll(
            Enumerable
                .Range(0, Attackers)
                .Select(async number =>
                {
                    using var pace = new PeriodicTimer(Pace);
                    for (var i = number; !end.IsCancellationRequested; i++)
                    {
                        await pace.WaitForNextTickAsync(Cancel);
                        var reply = await RawRequest.SendAsync(
                            portal.PublicDoor.Door,
                            Requests[i % Requests.Length],
                            Cancel
                        );
                        Assert.True(
                            reply.Status is >= 200 and < 500 or 0,
                            $"{Requests[i % Requests.Length][..30]}…: {reply.Status}"
                        );
                        Interlocked.Increment(ref sent);
                    }
                })
        );
        var served = await ordinary.RunAsync(RequestsOfEach, Length, Cancel);
        await end.CancelAsync();
        await attack;

        Assert.Equal(OrdinaryClients * RequestsOfEach, served);
        Assert.True(sent > Requests.Length * Attackers, $"{sent} hostile requests");
        Assert.DoesNotContain(portal.Process.Lines, line => line.Contains(" fail: ", StringComparison.Ordinal));
    }

    private static async Task<string> ReplicasAsync(ServicesShape portal)
    {
        var data = (await portal.ProbeDoor.GetAsync("/health/ready", Cancel))
            .Json.GetProperty("checks")
            .GetProperty("services")
            .GetProperty("data");
        return $"{data.GetProperty("counting/r1")} {data.GetProperty("counting/r2")}";
    }
}
