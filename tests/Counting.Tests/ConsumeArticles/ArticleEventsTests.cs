using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Contracts;
using PortalServices.Counting.Ledger;
using PortalServices.DeadLetters;
using PortalServices.InProcess;
using PortalServices.Messaging;
using PortalServices.Messaging.Bus;
using PortalServices.OperatorAccess.Gate;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.ConsumeArticles;

/// <summary>The events of content, through the bus of a whole process.</summary>
public sealed class ArticleEventsTests : IAsyncLifetime
{
    private const string DeadLetters = "/api/operator/dead-letters/counting";
    private RedisServer _redis = null!;
    private ConnectionMultiplexer _connection = null!;
    private TestApp _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync("everysec");
        _connection = await _redis.ConnectAsync();
        _app = await TestApp.StartAsync(
            builder => builder.AddMessaging(bus => bus.AddCountingConsumers()).AddCounting(),
            app =>
            {
                // As the gate lets in who has a key of all sites.
                app.Use(
                    (context, next) =>
                    {
                        context.Features.Set(new CallingOperator("tests"));
                        return next(context);
                    }
                );
                app.MapCounting();
                app.MapMessaging();
            },
            $"--ConnectionStrings:redis={_redis.Address}",
            "--Counting:VisitorSecret=a secret of the tests, 32 characters and more",
            "--Messaging:RetryAfter=00:00:00.010"
        );
    }

    [Fact]
    public async Task A_published_article_is_marked_with_its_older_pages_and_a_withdrawn_one_is_not()
    {
        var article = Guid.NewGuid();
        await PublishAsync(Published("sonla", article, 1, "/articles/moi", "/articles/cu"));
        Assert.Equal((true, true), (await IsPublishedAsync("/articles/moi"), await IsPublishedAsync("/articles/cu")));
        await PublishAsync(
            new ArticleWithdrawn
            {
                Site = "sonla",
                Article = article,
                Slug = "moi",
                Path = "/articles/moi",
                PreviousPaths = ["/articles/cu"],
                Title = "Mới",
                Version = 3,
            }
        );
        await PublishAsync(Published("sonla", article, 2, "/articles/moi", "/articles/cu"));
        Assert.Equal((false, false), (await IsPublishedAsync("/articles/moi"), await IsPublishedAsync("/articles/cu")));
        Assert.Equal(0, (await ListAsync()).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("nowhere", "/articles/a")]
    [InlineData("sonla", "no page")]
    public async Task What_cannot_be_marked_is_a_dead_letter_that_operators_replay_and_discard(string site, string path)
    {
        await PublishAsync(Published(site, Guid.NewGuid(), 1, path));
        var letter = (await ListAsync()).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(
            ("portal.counting.publish-page", "portal:article-published:v1", 1),
            (
                letter.GetProperty("consumer").GetString(),
                letter.GetProperty("type").GetString(),
                letter.GetProperty("failures").GetInt32()
            )
        );
        Assert.StartsWith("ArgumentException: ", letter.GetProperty("error").GetString(), StringComparison.Ordinal);

        var id = letter.GetProperty("id").GetString();
        using var replay = await _app.SendAsync(Door.Operators, HttpMethod.Post, $"{DeadLetters}/{id}/replay");
        Assert.Equal(202, (int)replay.StatusCode);
        await Eventually.HoldsAsync(
            async () => (await ListAsync()).GetProperty("items")[0].GetProperty("failures").GetInt32() == 2,
            "it failed again",
            Cancel
        );
        using var discard = await _app.SendAsync(Door.Operators, HttpMethod.Delete, $"{DeadLetters}/{id}");
        Assert.Equal((204, 0), ((int)discard.StatusCode, (await ListAsync()).GetProperty("total").GetInt32()));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private static ArticlePublished Published(
        string site,
        Guid article,
        long version,
        string path,
        params string[] previous
    ) =>
        new()
        {
            Site = site,
            Article = article,
            Slug = "moi",
            Path = path,
            PreviousPaths = previous,
            Title = "Mới",
            Version = version,
        };

    private Task PublishAsync(object message) =>
        _app
            .Services.GetRequiredService<IEventTransport>()
            .PublishAsync(new EventEnvelope(Guid.CreateVersion7(), message), Cancel);

    private async Task<bool> IsPublishedAsync(string path) =>
        PageRecord
            .Parse(
                (string?)await _connection.GetDatabase().HashGetAsync(CountingKeys.Ledger("sonla"), "p:" + path) ?? ""
            )
            .IsPublished;

    private async Task<JsonElement> ListAsync()
    {
        using var reply = await _app.GetAsync(Door.Operators, DeadLetters);
        return (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).Clone();
    }
}
