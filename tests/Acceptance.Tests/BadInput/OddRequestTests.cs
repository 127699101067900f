using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.BadInput;

/// <summary>
/// Whatever bytes a client sends, and however it leaves: it is refused for what it did, and nobody hears of it but the
/// client. No process logs a warning or an error, no replica is blamed, and the next client is answered.
/// </summary>
[Collection(nameof(Undisturbed))]
[Usually(Shape.Services)]
public sealed class OddRequestTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task An_odd_request_is_answered_and_is_nobody_elses_trouble(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var before = portal.Shape.Troubles;
        var wrong = new ConcurrentQueue<string>();
        var odd = OddRequest.At(site);
        foreach (var some in odd.GroupBy(each => each.Leaving != Leaving.WhenAnswered))
        {
            await Parallel.ForEachAsync(
                some,
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
                async (each, cancel) =>
                {
                    var reply = await RawClient.SendAsync(portal.Public.Door, each.Parts, each.Leaving, cancel);
                    // Whoever half-closes may be answered or not: the server may take it for gone.
                    var isRight =
                        each.Leaving == Leaving.AfterTheLastByte
                            ? reply.Status < 500
                            : (each.Status, each.Code) == (reply.Status, reply.Code);
                    if (!isRight)
                    {
                        wrong.Enqueue(
                            $"{each.Name}: {each.Status} {each.Code} expected, {reply.Status} {reply.Code} came"
                        );
                    }
                    var next = await portal.Public.StatsAsync(site, cancel);
                    if (next.Status != HttpStatusCode.OK)
                    {
                        wrong.Enqueue($"{each.Name}: the next client: {next}");
                    }
                }
            );
        }

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Concat(portal.Shape.Troubles.Except(before))));
        AssertNoTrouble(portal, before);
        var health = await portal.Shape.ProbeDoor.GetAsync("/health/ready", Cancel);
        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.DoesNotContain("failing", health.Body, StringComparison.Ordinal);
    }

    [Theory, EveryShape]
    public async Task Nor_is_what_a_proxy_passes_on(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var before = portal.Shape.Troubles;
        foreach (
            var forwarded in (string[])
                [
                    "X-Forwarded-Host: xn--x",
                    "X-Forwarded-Host: a, xn--x",
                    "X-Forwarded-Host: cổng.example",
                    "X-Forwarded-Host: ,,",
                    "X-Forwarded-For: x, y",
                    "X-Forwarded-Proto: \u0001",
                ]
        )
        {
            foreach (
                var (method, path, body) in new[]
                {
                    ("GET", "stats", ""),
                    ("POST", "views", """{"page":"/a"}"""),
                    ("POST", "pages/query", """{"paths":["/a"]}"""),
                }
            )
            {
                var reply = await RawClient.SendAsync(
                    portal.Public.Door,
                    [
                        System.Text.Encoding.UTF8.GetBytes(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{method} /api/sites/{site}/{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{forwarded}\r\n\r\n{body}"
                            )
                        ),
                    ],
                    Leaving.WhenAnswered,
                    Cancel,
                    IPAddress.Parse(PortalSettings.TrustedProxy)
                );
                Assert.Equal((forwarded, path, 200), (forwarded, path, reply.Status));
            }
        }

        AssertNoTrouble(portal, before);
    }

    private static void AssertNoTrouble(Portal portal, IReadOnlyList<string> before)
    {
        string[] troubles = [.. portal.Shape.Troubles.Except(before)];
        Assert.True(troubles.Length == 0, string.Join('\n', troubles));
    }
}
