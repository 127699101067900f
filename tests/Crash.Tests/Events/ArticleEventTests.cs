using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;

namespace PortalServices.Crash.Tests.Events;

/// <summary>Every change of an article reaches counting, whatever is killed in between.</summary>
public sealed class ArticleEventTests(Portals portals) : IClassFixture<Portals>
{
    private const int Articles = 20;
    private static readonly int ChangesOfEach = LongRun.IsOn ? 100 : 10,
        Kills = LongRun.IsOn ? 8 : 1;
    private static readonly OperatorKey Key = new("editor", ["admin"], ["*"]);
    private static readonly PortalSettings Settings = new()
    {
        Keys = [Key],
        Content = true,
        LongTimeouts = true,
        OwnBroker = true,
        Replicas = 1,
    };

    private readonly string _site = portals.NewSite();
    private readonly ConcurrentDictionary<string, long> _versions = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_is_killed_in_the_middle_of_hundreds_of_changes_delays_them_and_fails_none()
    {
        var portal = await portals.ServicesAsync(Settings);
        var changed = 0;
        var editors = Task.WhenAll(
            Enumerable
                .Range(0, Articles)
                .Select(async n =>
                {
                    var article = await PublishAsync(portal, $"Bài {n}");
                    for (var change = 0; change < ChangesOfEach; change++)
                    {
                        // Withdrawn and published again now and then, so that the order of events matters.
                        article = (change % 10) switch
                        {
                            8 => await ActAsync(portal, article, "withdraw"),
                            9 => await ActAsync(portal, article, "publish"),
                            _ => await ChangeAsync(portal, article, $"Bài {n}, bản {change}"),
                        };
                        Interlocked.Increment(ref changed);
                    }
                })
        );
        await Eventually.HoldsAsync(
            () => changed >= Articles * ChangesOfEach / 4 || editors.IsCompleted,
            "a quarter is done",
            Cancel
        );
        await portal.ContentServers!.Broker.KillAsync();
        await Eventually.HoldsAsync(
            () => changed >= Articles * ChangesOfEach * 3 / 4 || editors.IsCompleted,
            "three quarters are done",
            Cancel,
            TimeSpan.FromMinutes(3)
        );
        await portal.ContentServers.Broker.StartAgainAsync();
        await editors;

        Assert.Equal(Articles * ChangesOfEach, changed);
        await ReachesCountingAsync(portal);
        foreach (var door in (string[])["counting", "content"])
        {
            var dead = await portal.OperatorsDoor.GetAsync(
                $"/api/operator/dead-letters/{door}",
                Cancel,
                ("Authorization", $"Bearer {Key.Value}")
            );
            Assert.Equal((door, 0), (door, dead.Json.GetProperty("total").GetInt32()));
        }
    }

    [Fact]
    public async Task Content_that_is_killed_between_commit_and_dispatch_publishes_after_its_restart()
    {
        var portal = await portals.ServicesAsync(Settings);
        // Nothing can be handed over while the broker is away, so what is committed then waits when the process is
        // killed.
        await portal.ContentServers!.Broker.KillAsync();
        for (var n = 0; n < 5; n++)
        {
            await PublishAsync(portal, $"Bài {n}");
        }
        await portal.Content[0].KillAsync();
        await portal.ContentServers.Broker.StartAgainAsync();
        await portal.StartAsync();
        await ReachesCountingAsync(portal);
    }

    [Fact]
    public async Task Standalone_that_is_killed_right_after_it_answered_publishes_after_its_restart()
    {
        var portal = await portals.StandaloneAsync(Settings);
        for (var n = 0; n < Kills; n++)
        {
            await PublishAsync(portal, $"Bài {n}");
            await portal.KillAsync();
            await portal.StartAsync();
        }

        await ReachesCountingAsync(portal);
    }

    /// <summary>Waits until counting knows the last version of every article.</summary>
    private async Task ReachesCountingAsync(IPortalShape portal)
    {
        await using var store = await portal.ConnectToStoreAsync();
        foreach (var (id, version) in _versions)
        {
            await Eventually.BecomesAsync(
                async () =>
                    (long?)
                        await store.GetDatabase().HashGetAsync(Ledger.Key(_site), "v:" + Guid.Parse(id).ToString("N")),
                known => known == version,
                $"version {version} of {id}",
                Cancel,
                TimeSpan.FromMinutes(3)
            );
        }
    }

    private async Task<JsonElement> PublishAsync(IPortalShape portal, string title) =>
        await ActAsync(
            portal,
            await SendAsync(
                portal,
                HttpMethod.Post,
                "articles",
                JsonSerializer.Serialize(new { title, body = "x" }, JsonSerializerOptions.Web),
                null
            ),
            "publish"
        );

    private Task<JsonElement> ChangeAsync(IPortalShape portal, JsonElement article, string title) =>
        SendAsync(
            portal,
            HttpMethod.Put,
            $"articles/{Id(article)}",
            JsonSerializer.Serialize(new { title, body = "x" }, JsonSerializerOptions.Web),
            article
        );

    private Task<JsonElement> ActAsync(IPortalShape portal, JsonElement article, string action) =>
        SendAsync(portal, HttpMethod.Post, $"articles/{Id(article)}/{action}", null, article);

    private async Task<JsonElement> SendAsync(
        IPortalShape portal,
        HttpMethod method,
        string path,
        string? body,
        JsonElement? read
    )
    {
        var headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Key.Value}" };
        if (read is { } article)
        {
            headers["If-Match"] = $"\"{article.GetProperty("version").GetInt64()}\"";
        }
        var message = portal.OperatorsDoor.Message(method, $"/api/operator/sites/{_site}/{path}", null, headers);
        message.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        var reply = await portal.OperatorsDoor.SendAsync(message, Cancel);
        Assert.True((int)reply.Status is 200 or 201, reply.ToString());
        if (reply.Json.GetProperty("state").GetString() is not "draft")
        {
            _versions[Id(reply.Json)] = reply.Json.GetProperty("version").GetInt64();
        }
        return reply.Json;
    }

    private static string Id(JsonElement article) => article.GetProperty("id").GetString()!;
}
