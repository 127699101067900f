using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.UpgradeFixtures;

namespace PortalServices.Upgrade.Tests;

/// <summary>This version on what another one left behind.</summary>
internal sealed class RestoredPortal : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder;
    private readonly BrokerQueues? _queues;
    private readonly ContentServers? _servers;

    private RestoredPortal(
        TemporaryDirectory folder,
        Fixture fixture,
        IPortalShape shape,
        BrokerQueues? queues = null,
        ContentServers? servers = null
    ) => (_folder, Fixture, Shape, _queues, _servers) = (folder, fixture, shape, queues, servers);

    /// <summary>What it found, and what is expected of it.</summary>
    public Fixture Fixture { get; }

    /// <summary>Its processes.</summary>
    public IPortalShape Shape { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Unpacks what was left, and starts this version on it.</summary>
    /// <param name="archive">The fixture.</param>
    /// <param name="throughBackup">Whether this version first makes a backup of what was left, and starts on what it puts
    /// back: as somebody does who upgrades.</param>
    public static async Task<RestoredPortal> OpenAsync(string archive, bool throughBackup = false)
    {
        var folder = new TemporaryDirectory();
        await Archive.UnpackAsync(archive, folder.Path);
        var fixture = Fixture.Read(folder.Path);
        var portal =
            fixture.Shape == FixtureShape.Standalone
                ? Standalone(folder, fixture)
                : await ServicesAsync(folder, fixture);
        try
        {
            if (throughBackup)
            {
                await portal.PutBackAsync();
            }
            await portal.StartAsync();
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>GET, at the door at which it was recorded.</summary>
    public Task<Reply> ReadAsync(RecordedRead read) =>
        read.Operators
            ? Shape.OperatorsDoor.GetAsync(read.Path, Cancel, Key)
            : Shape.PublicDoor.GetAsync(read.Path, Cancel);

    /// <summary>A request of an operator, below the site.</summary>
    public Task<Reply> OperatorAsync(HttpMethod method, string path, string? body = null, string? match = null) =>
        SendAsync(method, $"/api/operator/sites/{Fixture.Site}/{path}", body, match);

    /// <summary>A request of an operator.</summary>
    public Task<Reply> SendAsync(HttpMethod method, string path, string? body = null, string? match = null)
    {
        var message = Shape.OperatorsDoor.Message(
            method,
            path,
            null,
            new Dictionary<string, string> { [Key.Name] = Key.Value }
        );
        if (match is not null)
        {
            message.Headers.TryAddWithoutValidation("If-Match", match);
        }
        message.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return Shape.OperatorsDoor.SendAsync(message, Cancel);
    }

    /// <summary>What the other version replied to a public GET, below the site.</summary>
    public JsonElement Recorded(string path) =>
        JsonElement.Parse(
            Fixture.Reads.Single(read => !read.Operators && read.Path == $"/api/sites/{Fixture.Site}/{path}").Body
        );

    /// <summary>
    /// Waits until no event waits any more, in an outbox or in a queue. None may have been set aside.
    /// </summary>
    public async Task EventsHaveArrivedAsync()
    {
        await using var content = await Shape.ConnectToContentAsync();
        await using var feedback = await Shape.ConnectToFeedbackAsync();
        await Eventually.HoldsAsync(async () => await WaitingAsync(content) == 0, "content's outbox is empty", Cancel);
        await Eventually.HoldsAsync(
            async () => await WaitingAsync(feedback) == 0,
            "feedback's outbox is empty",
            Cancel
        );
        if (_queues is not null)
        {
            await Eventually.HoldsAsync(
                async () =>
                    (await BrokerQueues.CountAsync(_servers!.Host, _queues.Queues.Select(queue => queue.Name))).All(
                        queue => queue.Value == 0 && !IsRetired(queue.Key)
                    ),
                "the queues are empty, and those of retired consumers deleted",
                Cancel
            );
        }
    }

    // This version writes its mails by itself.
    private static bool IsRetired(string queue) => queue.StartsWith("portal.feedback.mail-", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Shape.DisposeAsync();
        _folder.Dispose();
    }

    private static RestoredPortal Standalone(TemporaryDirectory folder, Fixture fixture)
    {
        var shape = StandaloneShape.Prepare(FixtureSettings.Of(folder.File("seeds")));
        Directory.Move(folder.File("data"), shape.Data);
        return new RestoredPortal(folder, fixture, shape);
    }

    private static async Task<RestoredPortal> ServicesAsync(TemporaryDirectory folder, Fixture fixture)
    {
        var servers = await ContentServers.StartAsync(ownBroker: false);
        var redis = RedisServer.On(folder.File("redis"), Ports.Free());
        var shape = ServicesShape.Prepare(
            FixtureSettings.Of(folder.File("seeds")) with
            {
                Keys = [new OperatorKey("admin", ["admin"], ["*"]) { Value = fixture.OperatorKey }],
                Counting = new Dictionary<string, string> { ["Counting:VisitorSecret"] = fixture.VisitorSecret! },
            },
            redis,
            servers
        );
        var queues = BrokerQueues.Read(folder.Path);
        try
        {
            await PostgresDump.LoadAsync(servers.Content, folder.File("content.sql"));
            await PostgresDump.LoadAsync(servers.Feedback, folder.File("feedback.sql"));
            await queues.RestoreAsync(servers.Host);
            await redis.StartAgainAsync();
        }
        catch
        {
            await shape.DisposeAsync();
            throw;
        }

        return new RestoredPortal(folder, fixture, shape, queues, servers);
    }

    private async Task PutBackAsync()
    {
        var standalone = (StandaloneShape)Shape;
        string backup = _folder.File("backup"),
            secrets = _folder.File("secrets");
        await RunAsync("--backup", backup, "--backup-secrets", secrets);
        Directory.Delete(standalone.Data, recursive: true);
        await RunAsync("--restore", backup, "--restore-secrets", secrets);

        async Task RunAsync(params string[] command)
        {
            var run = await standalone.RunCommandAsync(command);
            Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        }
    }

    private async Task StartAsync()
    {
        if (Shape is ServicesShape services && Fixture.Unfinished.AwaitedArticle is { } awaited)
        {
            // Content alone: what it shows of this article's views can be only from its queue.
            var views = Recorded($"articles/{awaited}").GetProperty("views").GetInt64();
            await services.Content[0].StartAsync();
            await Eventually.HoldsAsync(
                async () =>
                    await services.Content[0].Internal.GetAsync($"/api/sites/{Fixture.Site}/articles/{awaited}", Cancel)
                        is { } article
                    && (int)article.Status == 200
                    && article.Json.GetProperty("views").GetInt64() == views,
                $"the {views} views of {awaited}, from content's queue",
                Cancel
            );
        }

        await Shape.StartAsync();
        foreach (var path in (string[])["stats", "articles", "feedback"])
        {
            await Eventually.HoldsAsync(
                async () =>
                    (int)(await Shape.PublicDoor.GetAsync($"/api/sites/{Fixture.Site}/{path}", Cancel)).Status == 200,
                $"{path} is there",
                Cancel
            );
        }
    }

    private (string Name, string Value) Key => ("Authorization", $"Bearer {Fixture.OperatorKey}");

    private static async Task<long> WaitingAsync(DbConnection database)
    {
        await using var command = database.CreateCommand();
        command.CommandText = """SELECT count(*) FROM "OutboxMessages" """;
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }
}
