using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;

namespace PortalServices.Crash.Tests.Events;

/// <summary>
/// The store comes back from an older copy of its files, or empty: what it says then is what is shown, and it goes on
/// from there.
/// </summary>
public sealed class RestoredStoreTests(Portals portals) : IClassFixture<Portals>
{
    private const int Pages = 4;
    private static readonly OperatorKey Key = new("editor", ["admin"], ["*"]);
    private static readonly PortalSettings Settings = new()
    {
        Keys = [Key],
        Content = true,
        LongTimeouts = true,
        Counting = new Dictionary<string, string> { ["Counting:PagesPerSite"] = $"{Pages}" },
    };

    private readonly string _site = portals.NewSite();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Rows]
    [UsualRow(false)]
    [LongRow(true)]
    public async Task Views_of_articles_move_on_after_the_store_was_set_back(bool standalone)
    {
        var portal = await portals.InAsync(standalone, Settings);
        await PublishAsync(portal, "Một");
        await ViewAsync(portal, "/articles/mot", 3);
        await ShowsAsync(portal, "mot", 3);

        using var copy = new TemporaryDirectory();
        await AwayAsync(portal, store => Copy(store, copy.Path));
        await ViewAsync(portal, "/articles/mot", 5);
        await ShowsAsync(portal, "mot", 8);
        // One that the copy does not know.
        await PublishAsync(portal, "Hai");
        await ViewAsync(portal, "/articles/hai", 5);
        await ShowsAsync(portal, "hai", 5);

        await AwayAsync(portal, store => Replace(store, copy.Path));
        await ViewAsync(portal, "/articles/hai", 6);
        await ShowsAsync(portal, "hai", 6);
        // Another replica may show numbers of two seconds ago.
        await Eventually.BecomesAsync(
            () => CountsAsync(portal, "/articles/hai"),
            counted => counted == 6,
            "6 views of the page",
            Cancel
        );
        await ViewAsync(portal, "/articles/mot", 1);
        // Fewer than before, but of a younger epoch.
        await ShowsAsync(portal, "mot", 4);
        await ViewAsync(portal, "/articles/mot", 2);
        await ShowsAsync(portal, "mot", 6);
    }

    [Theory, Rows]
    [UsualRow(false)]
    [LongRow(true)]
    public async Task An_empty_store_knows_again_which_pages_count_on_their_own(bool standalone)
    {
        var portal = await portals.InAsync(standalone, Settings);
        var (published, withdrawn) = (await PublishAsync(portal, "Một"), await PublishAsync(portal, "Hai"));
        await ActAsync(portal, withdrawn, "withdraw");
        await ViewAsync(portal, "/articles/mot", 3);
        await ShowsAsync(portal, "mot", 3);

        await AwayAsync(portal, store => Replace(store, null));
        for (var page = 0; page < Pages; page++)
        {
            await ViewAsync(portal, $"/{page}", 1);
        }
        await using var connection = await portal.ConnectToStoreAsync();
        foreach (var article in (Reply[])[published, withdrawn])
        {
            await Eventually.HoldsAsync(
                async () =>
                    !(
                        await connection
                            .GetDatabase()
                            .HashGetAsync(
                                Ledger.Key(_site),
                                "v:" + article.Json.GetProperty("id").GetGuid().ToString("N")
                            )
                    ).IsNull,
                "it is known again",
                Cancel
            );
        }

        // What was not published before counts with the others, as does what is no more.
        await ViewAsync(portal, "/articles/hai", 1);
        await ViewAsync(portal, "/more", 1);
        await ViewAsync(portal, "/articles/mot", 2);
        await ShowsAsync(portal, "mot", 2);
        var ledger = await Ledger.ReadAsync(connection, _site);
        // With or without it there are as many pages as may be, whichever came first.
        Assert.Equal(
            (2, false, false),
            (
                ledger.Pages["/articles/mot"],
                ledger.Pages.ContainsKey("/articles/hai"),
                ledger.Pages.ContainsKey("/more")
            )
        );
        Assert.Empty(ledger.Contradictions());
        Assert.Equal(
            0,
            (
                await portal.OperatorsDoor.GetAsync(
                    "/api/operator/dead-letters/counting",
                    Cancel,
                    ("Authorization", $"Bearer {Key.Value}")
                )
            )
                .Json.GetProperty("total")
                .GetInt32()
        );
    }

    /// <summary>Does something to the store's files while it is away.</summary>
    private static async Task AwayAsync(IPortalShape portal, Action<string> work)
    {
        if (portal is StandaloneShape standalone)
        {
            await standalone.KillAsync();
            work(Path.Combine(standalone.Data, "store"));
            await standalone.StartAsync();
        }
        else if (portal is ServicesShape services)
        {
            await services.Redis.KillAsync();
            work(services.Redis.AppendOnlyDirectory);
            await services.Redis.StartAgainAsync();
        }
    }

    private static void Replace(string store, string? copy)
    {
        Directory.Delete(store, recursive: true);
        if (copy is not null)
        {
            Copy(copy, store);
        }
    }

    /// <summary>Sends views until each was counted; while the store is away they are refused.</summary>
    private async Task ViewAsync(IPortalShape portal, string page, int views)
    {
        for (var view = 0; view < views; view++)
        {
            var id = Guid.NewGuid().ToString("N");
            await Eventually.HoldsAsync(
                async () =>
                    (int)
                        (
                            await portal.PublicDoor.PostAsync(
                                $"/api/sites/{_site}/views",
                                $$"""{"page":"{{page}}","view":"{{id}}"}""",
                                "application/json",
                                Cancel,
                                ("User-Agent", ViewCall.Browser)
                            )
                        ).Status == 200,
                "the view is counted",
                Cancel
            );
        }
    }

    private Task<long> ShowsAsync(IPortalShape portal, string slug, long views) =>
        Eventually.BecomesAsync(
            async () =>
                (await portal.PublicDoor.GetAsync($"/api/sites/{_site}/articles/{slug}", Cancel))
                    .Json.GetProperty("views")
                    .GetInt64(),
            shown => shown == views,
            $"{views} views in the article",
            Cancel
        );

    private async Task<long> CountsAsync(IPortalShape portal, string page) =>
        (await portal.PublicDoor.GetAsync($"/api/sites/{_site}/stats?page={page}", Cancel))
            .Json.GetProperty("page")
            .GetProperty("views")
            .GetProperty("total")
            .GetInt64();

    private async Task<Reply> PublishAsync(IPortalShape portal, string title) =>
        await ActAsync(
            portal,
            await AsEditorAsync(portal, "articles", $$"""{"title":"{{title}}","body":"x"}""", null),
            "publish"
        );

    private Task<Reply> ActAsync(IPortalShape portal, Reply article, string action) =>
        AsEditorAsync(
            portal,
            $"articles/{article.Json.GetProperty("id").GetString()}/{action}",
            "",
            article.Header("ETag")
        );

    private async Task<Reply> AsEditorAsync(IPortalShape portal, string path, string body, string? match)
    {
        (string, string)[] headers =
        [
            ("Authorization", $"Bearer {Key.Value}"),
            .. match is null ? ((string, string)[])[] : [("If-Match", match)],
        ];
        var reply = await portal.OperatorsDoor.PostAsync(
            $"/api/operator/sites/{_site}/{path}",
            body,
            "application/json",
            Cancel,
            headers
        );
        Assert.True((int)reply.Status is 200 or 201, reply.ToString());
        return reply;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(file => !file.EndsWith(".sock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
        foreach (var folder in Directory.GetDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
