using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.UpgradeFixtures;

/// <summary>Records what Redis, PostgreSQL and RabbitMQ hold. All processes are killed in the end.</summary>
internal sealed class ServicesRecorder : Recorder
{
    private const string VisitorSecret = "the visitor secret of a fixture, which guards nobody";
    private const string AwaitedPage = $"/articles/{PortalInUse.AwaitedArticle}";
    private const string ViewsQueue = "portal.content.show-views";
    private static readonly string[] ArticleQueues = ["portal.counting.publish-page", "portal.counting.withdraw-page"];

    private readonly OperatorKey _key = new("admin", ["admin"], ["*"]);
    private readonly TemporaryDirectory _redisFolder = new();
    private readonly RedisServer _redis;
    private readonly ContentServers _servers;
    private readonly ServicesShape _shape;
    private bool _seeded;

    private ServicesRecorder(ShiftedClock clock, string folder, ContentServers servers)
        : base(clock, folder)
    {
        _servers = servers;
        _redis = RedisServer.On(_redisFolder.Path, Ports.Free(), clock.Environment);
        _shape = ServicesShape.Prepare(
            Settings(Path.Combine(folder, "seeds"), clock) with
            {
                Keys = [_key],
                // Earlier versions have no such setting.
                DrainsAsShipped = true,
                Counting = new Dictionary<string, string> { ["Counting:VisitorSecret"] = VisitorSecret },
            },
            _redis,
            servers
        );
    }

    protected override IPortalShape Shape => _shape;

    protected override string OperatorKey => _key.Value;

    /// <summary>Fills a folder.</summary>
    /// <param name="folder">It holds the seeds already.</param>
    public static async Task RecordAsync(string folder)
    {
        using var clock = await ShiftedClock.BuildAsync();
        await using var recorder = new ServicesRecorder(
            clock,
            folder,
            await ContentServers.StartAsync(ownBroker: true)
        );
        await recorder.LiveAsync();

        // 1. While counting is away, its queues keep what content tells.
        var waiting = new Dictionary<string, IReadOnlyList<WaitingMessage>>();
        await recorder.KillCountingAsync();
        await recorder.Use!.ChangeArticlesAsync();
        foreach (var queue in ArticleQueues)
        {
            waiting[queue] = await recorder.CollectAsync(queue, messages => messages.Count > 0);
        }
        await recorder._shape.StartAsync();

        // 2. While the broker is away, events stay in the outboxes.
        await recorder._servers.Broker.KillAsync();
        await recorder.Use.LeaveEventsAsync();
        await Task.WhenAll([
            .. recorder._shape.Content.Select(each => each.KillAsync()),
            .. recorder._shape.Feedback.Select(each => each.KillAsync()),
        ]);
        await PostgresDump.WriteAsync(recorder._servers.Content, Path.Combine(folder, "content.sql"));
        await PostgresDump.WriteAsync(recorder._servers.Feedback, Path.Combine(folder, "feedback.sql"));

        // 3. While content is away, views that are to be shown wait in its queue. The dump does not have them.
        await recorder._servers.Broker.StartAgainAsync();
        await recorder.Use.ViewAwaitedAsync();
        var shown = (
            await recorder.Shape.PublicDoor.PagesAsync(PortalInUse.Site, [AwaitedPage], CancellationToken.None)
        )
            .Pages
            .Items[0]
            .Views
            .Total;
        waiting[ViewsQueue] = await recorder.CollectAsync(
            ViewsQueue,
            messages =>
                messages
                    .Select(Body)
                    .Any(body =>
                        body.GetProperty("path").GetString() == AwaitedPage
                        && body.GetProperty("views").GetInt64() == shown
                    )
        );
        await recorder.KillCountingAsync();
        await recorder._redis.KillAsync();
        Folders.Copy(recorder._redisFolder.Path, Path.Combine(folder, "redis"));

        // 4. What all of it leads to is the reply that is expected; nobody is written to any more.
        clock.Set("Mail__Host", "");
        await recorder.StartAsync();
        await recorder.QuietAsync();
        var reads = await recorder.ReadAsync();
        (await BrokerQueues.ExportAsync(recorder._servers.Broker.Broker, waiting)).Write(folder);
        (
            recorder.Fixture(FixtureShape.Services, reads) with
            {
                VisitorSecret = VisitorSecret,
                Unfinished = recorder.Use.Unfinished with { AwaitedArticle = PortalInUse.AwaitedArticle },
            }
        ).Write(folder);
    }

    protected override async Task StartAsync()
    {
        await _redis.StartAgainAsync();
        if (!_seeded)
        {
            foreach (
                var run in (Task<HostRun>[])
                    [_shape.Replicas[0].RunToEndAsync("--seed"), _shape.Content[0].RunToEndAsync("--seed")]
            )
            {
                if (await run is { ExitCode: not 0 } failed)
                {
                    throw new InvalidOperationException(string.Join('\n', failed.Errors));
                }
            }

            _seeded = true;
        }

        await _shape.StartAsync();
    }

    protected override async Task StopAsync()
    {
        await Task.WhenAll(_shape.Content.Select(each => each.TerminateAsync()));
        await Task.WhenAll(_shape.Feedback.Select(each => each.TerminateAsync()));
        await _shape.TerminateAsync();
        await _redis.KillAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _shape.DisposeAsync();
        _redisFolder.Dispose();
    }

    private Task KillCountingAsync() => Task.WhenAll(_shape.Replicas.Select(each => each.KillAsync()));

    /// <summary>Takes messages out of a queue until they are enough.</summary>
    private async Task<IReadOnlyList<WaitingMessage>> CollectAsync(
        string queue,
        Func<IReadOnlyList<WaitingMessage>, bool> enough
    )
    {
        var all = new List<WaitingMessage>();
        await Eventually.HoldsAsync(
            async () =>
            {
                all.AddRange(await BrokerQueues.DrainAsync(_servers.Host, queue));
                return enough(all);
            },
            $"messages in {queue}",
            CancellationToken.None
        );
        return all;
    }

    private static JsonElement Body(WaitingMessage message) => JsonElement.Parse(message.Body).GetProperty("message");
}
