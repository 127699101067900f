using System.Globalization;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Store;

/// <summary>
/// What a view costs the store, counted by the store itself: views that wait together are committed together.
/// </summary>
public sealed class StoreCallsTests
{
    private const int Callers = 256;
    private static readonly int Views = LongRun.IsOn ? 40_000 : 4_000;
    private static readonly string[] OfTheTest =
    [
        "info",
        "config|get",
        "hello",
        "client|setname",
        "client|setinfo",
        "ping",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_waiting_views_of_one_site_share_a_script_call()
    {
        using var folder = new TemporaryDirectory();
        await using var redis = await RedisServer.StartAsync();
        var replica = await CountingReplica.StartNewAsync(redis.Address, folder.Path, [new("site")]);
        await using (replica)
        {
            await SendAsync(replica.Internal, Callers * 4);
            var before = await redis.CommandStatsAsync();
            await SendAsync(replica.Internal, Views);
            var calls = Difference(before, await redis.CommandStatsAsync());

            var told = string.Create(
                CultureInfo.InvariantCulture,
                $"for {Views} views: {string.Join(", ", calls.Select(c => $"{c.Key} {c.Value}"))}"
            );
            TestContext.Current.TestOutputHelper?.WriteLine(told);
            Assert.True(calls["evalsha"] <= 0.05 * Views, told);
            Assert.True(calls.Values.Sum() <= 0.1 * Views, told);
        }
    }

    /// <summary>
    /// A closed loop: every caller has one view under way. Pages and visitors as on a portal: many, some of them often.
    /// </summary>
    private static async Task SendAsync(PortalClient door, int views)
    {
        var left = views;
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(async caller =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        var page = $"/articles/{Math.Min(Random.Shared.Next(500), Random.Shared.Next(500))}";
                        var reply = await door.ViewAsync(
                            "site",
                            new ViewCall(page) { View = ViewCall.NewId(), UserAgent = $"{ViewCall.Browser} {caller}" },
                            Cancel
                        );
                        Assert.True(reply.Counted, reply.ToString());
                    }
                })
        );
    }

    private static Dictionary<string, long> Difference(
        IReadOnlyDictionary<string, long> before,
        IReadOnlyDictionary<string, long> after
    ) =>
        after
            .Where(command => !OfTheTest.Contains(command.Key))
            .Select(command => (command.Key, Calls: command.Value - before.GetValueOrDefault(command.Key)))
            .Where(command => command.Calls > 0)
            .ToDictionary(command => command.Key, command => command.Calls);
}
