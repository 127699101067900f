using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortalServices.Counting;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Clocks;

/// <summary>
/// Two replicas whose clocks differ by half a minute, on one store: the store's clock decides what is a repeat.
/// </summary>
public sealed class ClockSkewTests
{
    private const int Views = 300;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>Ten times what is promised: a slow machine is no failure, a number that never arrives is one.</summary>
    private static readonly TimeSpan Agreement = 10 * TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_id_counts_once_and_both_boxes_agree()
    {
        using var seeds = new TemporaryDirectory();
        await using var redis = await RedisServer.StartAsync();
        await using var right = await SkewedReplica.StartAsync(redis.Address, seeds.Path, TimeSpan.Zero);
        await using var ahead = await SkewedReplica.StartAsync(redis.Address, seeds.Path, Skew);

        var counted = await Task.WhenAll(
            Enumerable.Range(0, Views).Select(i => SendToBothAsync(i, right.Door, ahead.Door))
        );

        Assert.All(counted, times => Assert.Equal(1, times));
        await AgreeAsync(right.Door, ahead.Door, Views);
        // The other way round: numbers that only the replica ahead has committed.
        Assert.True((await ahead.Door.ViewAsync("site", new ViewCall("/shared"), Cancel)).Counted);
        await AgreeAsync(right.Door, ahead.Door, Views + 1);
    }

    /// <summary>
    /// Sends a view to one first, to the other first, or to both at once; returns how many answers said "counted".
    /// </summary>
    private static async Task<int> SendToBothAsync(int number, PortalClient right, PortalClient ahead)
    {
        var view = new ViewCall("/shared") { View = ViewCall.NewId(), UserAgent = $"{ViewCall.Browser} {number}" };
        var (first, second) = number % 2 == 0 ? (right, ahead) : (ahead, right);
        var sending = first.ViewAsync("site", view, Cancel);
        if (number % 3 != 0)
        {
            await sending;
        }
        var answers = await Task.WhenAll(sending, second.ViewAsync("site", view, Cancel));
        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString()));
        return answers.Count(answer => answer.Counted);
    }

    private static async Task AgreeAsync(PortalClient right, PortalClient ahead, long views)
    {
        var boxes = await Eventually.BecomesAsync(
            async () => (Right: await BoxAsync(right), Ahead: await BoxAsync(ahead)),
            boxes => boxes.Right == boxes.Ahead && boxes.Right.Views.Total == views,
            "the two boxes",
            Cancel,
            Agreement
        );
        Assert.Equal(new Periods(views, views, views), boxes.Right.Views);
        Assert.Equal(boxes.Right.Views, boxes.Right.Page!.Views);
    }

    /// <summary>The box without the instant at which it was read.</summary>
    private static async Task<Stats> BoxAsync(PortalClient door) =>
        (await door.StatsAsync("site", Cancel, "/shared")).Stats with
        {
            AsOf = default,
        };

    /// <summary>A counting process inside this one, because only here its clock can be set.</summary>
    private sealed class SkewedReplica : IAsyncDisposable
    {
        private readonly Task<int> _running;
        private IHostApplicationLifetime? _lifetime;

        private SkewedReplica(string redis, string seeds, TimeSpan skew)
        {
            var (inside, probe) = (Ports.Free(), Ports.Free());
            Door = new PortalClient(
                new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{inside}")),
                http2: true
            );
            _running = PortalProcess.RunAsync(
                [
                    .. CountingReplica.Arguments(redis, seeds, inside, probe),
                    "--Kestrel:Endpoints:Internal:Protocols=Http2",
                ],
                builder =>
                {
                    builder.Services.AddSingleton<TimeProvider>(new SkewedTime(skew));
                    builder.AddServiceDefaults();
                    builder.AddCounting();
                },
                app =>
                {
                    _lifetime = app.Lifetime;
                    app.UseServiceDefaults();
                    app.MapCounting();
                }
            );
        }

        public PortalClient Door { get; }

        public static async Task<SkewedReplica> StartAsync(string redis, string seeds, TimeSpan skew)
        {
            SiteEntry.WriteSeeds(seeds, [new("site")]);
            var replica = new SkewedReplica(redis, seeds, skew);
            await Eventually.HoldsAsync(
                () =>
                    replica._lifetime?.ApplicationStarted.IsCancellationRequested == true
                    || replica._running.IsCompleted,
                "a start",
                Cancel
            );
            return replica;
        }

        public async ValueTask DisposeAsync()
        {
            _lifetime?.StopApplication();
            Assert.Equal(0, await _running);
            Door.Dispose();
        }
    }

    private sealed class SkewedTime(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }
}
