using System.Data.Common;
using System.Text.Json;
using PortalServices.Acceptance.Tests.Doors;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>An event that its consumer cannot take is kept, listed, and given to it again.</summary>
[Usually(Shape.Services)]
public sealed class DeadLetterTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task An_event_that_contents_database_refuses_is_listed_and_replayed(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        await editor.PublishedAsync("Bị từ chối");
        await using var database = await portal.Shape.ConnectToContentAsync();
        await RefuseViewsAsync(database, shape, editor.Site);
        await portal.Public.ViewAsync(editor.Site, new ViewCall("/articles/bi-tu-choi"), Cancel);
        var letter = await Eventually.BecomesAsync(
            () => LetterAsync(portal, "content", editor.Site),
            found => found is not null,
            "a dead letter",
            Cancel
        );
        Assert.Equal("portal.content.show-views", letter!.Value.GetProperty("consumer").GetString());
        Assert.Equal("portal:page-views-counted:v1", letter.Value.GetProperty("type").GetString());
        Assert.Contains("no views today", letter.Value.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await ViewsAsync(editor));

        // Replayed in vain it is there again, with one more failure.
        Assert.Equal(202, await ReplayAsync(portal, "content", letter.Value));
        await Eventually.BecomesAsync(
            async () =>
                (await LettersAsync(portal, "content", editor.Site))
                    .Single(each => IdOf(each) == IdOf(letter.Value))
                    .GetProperty("failures")
                    .GetInt32(),
            failures => failures == 2,
            "a second failure",
            Cancel
        );

        await TakeViewsAsync(database, shape);
        // What counting told before the view, that there is none yet, may have been refused, too.
        foreach (var each in await LettersAsync(portal, "content", editor.Site))
        {
            Assert.Equal(202, await ReplayAsync(portal, "content", each));
        }
        await Eventually.BecomesAsync(() => ViewsAsync(editor), views => views == 1, "the view in the article", Cancel);
        await Eventually.HoldsAsync(
            async () => (await LettersAsync(portal, "content", editor.Site)).Count == 0,
            "no dead letter",
            Cancel
        );
    }

    [Theory, EveryShape]
    public async Task An_event_that_counting_cannot_take_is_listed_until_it_is_discarded(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await PublishNoPageAsync(portal, shape, site);
        var letter = await Eventually.BecomesAsync(
            () => LetterAsync(portal, "counting", site),
            found => found is not null,
            "a dead letter",
            Cancel,
            TimeSpan.FromMinutes(2)
        );
        Assert.Contains(
            "'no path' is not the identity of a page",
            letter!.Value.GetProperty("error").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(204, await SendAsync(portal, HttpMethod.Delete, $"counting/{IdOf(letter.Value)}"));
        Assert.Null(await LetterAsync(portal, "counting", site));
        Assert.Equal(404, await ReplayAsync(portal, "counting", letter.Value));
    }

    /// <summary>
    /// Keys of some sites: the administrator's of one site has no hand in what belongs to another, and none in what
    /// belongs to none.
    /// </summary>
    [Theory, EveryShape]
    public async Task A_key_of_one_site_sees_replays_and_discards_the_dead_letters_of_that_site_alone(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var limited = portal.KeyWith("admin");
        var site = portal.NewSite();
        await PublishNoPageAsync(portal, shape, site);
        await PublishNoPageAsync(portal, shape, Portal.SiteOfKeys);
        var other = await Eventually.BecomesAsync(
            () => LetterAsync(portal, "counting", site),
            found => found is not null,
            "a dead letter",
            Cancel,
            TimeSpan.FromMinutes(2)
        );
        var own = await Eventually.BecomesAsync(
            () => LetterAsync(portal, "counting", Portal.SiteOfKeys),
            found => found is not null,
            "a dead letter",
            Cancel,
            TimeSpan.FromMinutes(2)
        );

        var list = await portal.Shape.OperatorsDoor.GetAsync(
            "/api/operator/dead-letters/counting?pageSize=100",
            Cancel,
            Key(limited)
        );
        Assert.All(
            list.Json.GetProperty("items").EnumerateArray(),
            item =>
                Assert.Contains(
                    $"\"{Portal.SiteOfKeys}\"",
                    item.GetProperty("body").GetString(),
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(
            (200, 1, 1),
            (
                (int)list.Status,
                list.Json.GetProperty("total").GetInt32(),
                list.Json.GetProperty("items").GetArrayLength()
            )
        );
        Assert.Equal(404, await SendAsync(portal, HttpMethod.Delete, $"counting/{IdOf(other!.Value)}", limited));
        Assert.Equal(404, await SendAsync(portal, HttpMethod.Post, $"counting/{IdOf(other.Value)}/replay", limited));
        Assert.NotNull(await LetterAsync(portal, "counting", site));
        foreach (var service in (string[])["content", "feedback"])
        {
            Assert.Equal(
                0,
                (
                    await portal.Shape.OperatorsDoor.GetAsync(
                        $"/api/operator/dead-letters/{service}",
                        Cancel,
                        Key(limited)
                    )
                )
                    .Json.GetProperty("total")
                    .GetInt32()
            );
        }

        Assert.Equal(202, await SendAsync(portal, HttpMethod.Post, $"counting/{IdOf(own!.Value)}/replay", limited));
        Assert.Equal(204, await SendAsync(portal, HttpMethod.Delete, $"counting/{IdOf(other.Value)}"));
        await Eventually.HoldsAsync(
            async () =>
                (await LetterAsync(portal, "counting", Portal.SiteOfKeys))?.GetProperty("failures").GetInt32() == 2,
            "the replay has failed",
            Cancel
        );
        Assert.Equal(204, await SendAsync(portal, HttpMethod.Delete, $"counting/{IdOf(own.Value)}", limited));
    }

    [Theory, EveryShape]
    public async Task An_operators_address_without_a_site_that_nobody_limits_is_not_for_a_key_of_some_sites(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        foreach (
            var path in (string[])
                [
                    "/api/operator",
                    "/api/operator/sites",
                    "/api/operator/dead-letters",
                    "/api/operator/dead-letters/nobody",
                    "/api/operator/anything",
                ]
        )
        {
            DoorTests.AssertProblem(
                System.Net.HttpStatusCode.Forbidden,
                "operator_site_missing",
                await portal.Shape.OperatorsDoor.GetAsync(path, Cancel, Key(portal.KeyWith("admin")))
            );
            DoorTests.AssertProblem(
                System.Net.HttpStatusCode.NotFound,
                "not_found",
                await portal.Shape.OperatorsDoor.GetAsync(path, Cancel, Key(portal.Admin))
            );
        }
    }

    /// <summary>
    /// Has content publish an article as it never would, under a path that is none: counting cannot take it.
    /// </summary>
    private static async Task PublishNoPageAsync(Portal portal, Shape shape, string site)
    {
        await using var database = await portal.Shape.ConnectToContentAsync();
        await using var command = database.CreateCommand();
        command.CommandText =
            """INSERT INTO "OutboxMessages" ("Id", "Type", "Body", "DueAt", "Attempts") VALUES (@id, 'portal:article-published:v1', @body, 0, 0)""";
        var id = Guid.CreateVersion7();
        Add(command, "id", shape == Shape.Standalone ? id.ToString().ToUpperInvariant() : id);
        Add(
            command,
            "body",
            JsonSerializer.Serialize(
                new
                {
                    site,
                    article = Guid.NewGuid(),
                    slug = "x",
                    path = "no path",
                    previousPaths = Array.Empty<string>(),
                    title = "x",
                    version = 1,
                },
                JsonSerializerOptions.Web
            )
        );
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>From now on the database takes no views of a site's articles.</summary>
    private static async Task RefuseViewsAsync(DbConnection database, Shape shape, string site) =>
        await RunAsync(
            database,
            shape == Shape.Standalone
                ? $"""
                CREATE TRIGGER refusal BEFORE INSERT ON "PageViews" WHEN NEW."Site" = '{site}' BEGIN SELECT RAISE(ABORT, 'no views today'); END
                """
                : $"""
                CREATE FUNCTION refusal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no views today'; END $$;
                CREATE TRIGGER refusal BEFORE INSERT ON "PageViews" FOR EACH ROW WHEN (NEW."Site" = '{site}') EXECUTE FUNCTION refusal()
                """
        );

    private static async Task TakeViewsAsync(DbConnection database, Shape shape) =>
        await RunAsync(
            database,
            shape == Shape.Standalone ? "DROP TRIGGER refusal" : """DROP TRIGGER refusal ON "PageViews" """
        );

    private static async Task RunAsync(DbConnection database, string sql)
    {
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    /// <summary>The first dead letter about a site; null while there is none.</summary>
    private static async Task<JsonElement?> LetterAsync(Portal portal, string service, string site) =>
        (await LettersAsync(portal, service, site)).Select(each => (JsonElement?)each).FirstOrDefault();

    private static async Task<IReadOnlyList<JsonElement>> LettersAsync(Portal portal, string service, string site)
    {
        var list = await portal.Shape.OperatorsDoor.GetAsync(
            $"/api/operator/dead-letters/{service}",
            Cancel,
            Key(portal.Admin)
        );
        Assert.Equal(200, (int)list.Status);
        return
        [
            .. list
                .Json.GetProperty("items")
                .EnumerateArray()
                .Where(item => item.GetProperty("body").GetString()!.Contains($"\"{site}\"", StringComparison.Ordinal)),
        ];
    }

    private static string IdOf(JsonElement letter) => letter.GetProperty("id").GetString()!;

    private static Task<int> ReplayAsync(Portal portal, string service, JsonElement letter) =>
        SendAsync(portal, HttpMethod.Post, $"{service}/{IdOf(letter)}/replay");

    private static async Task<int> SendAsync(Portal portal, HttpMethod method, string path, OperatorKey? by = null)
    {
        var (name, value) = Key(by ?? portal.Admin);
        return (int)
            (
                await portal.Shape.OperatorsDoor.SendAsync(
                    portal.Shape.OperatorsDoor.Message(
                        method,
                        $"/api/operator/dead-letters/{path}",
                        null,
                        new Dictionary<string, string> { [name] = value }
                    ),
                    Cancel
                )
            ).Status;
    }

    private static (string Name, string Value) Key(OperatorKey key) => ("Authorization", $"Bearer {key.Value}");

    private static async Task<long> ViewsAsync(Editor editor) =>
        (await editor.ReadAsync("articles/bi-tu-choi")).Json.GetProperty("views").GetInt64();
}
