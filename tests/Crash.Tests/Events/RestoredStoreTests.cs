using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Events;

/// <summary>The store comes back from an older copy of its files: what it says then is what is shown, and it goes on from there.</summary>
public sealed class RestoredStoreTests
{
    private const string Site = "site";
    private static readonly OperatorKey Key = new("editor", ["admin"], ["*"]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Views_of_an_article_move_on_after_the_store_was_set_back()
    {
        await using var portal = await ServicesShape.StartNewAsync(new PortalSettings { Sites = [new(Site)], Keys = [Key], Content = true });
        var draft = await AsEditorAsync(portal, "articles", """{"title":"Một","body":"x"}""", null);
        await AsEditorAsync(portal, $"articles/{draft.Json.GetProperty("id").GetString()}/publish", "", draft.Header("ETag"));
        await ViewAsync(portal, 3);
        await ShowsAsync(portal, 3);

        using var copy = new TemporaryDirectory();
        await portal.Redis.KillAsync();
        Copy(portal.Redis.AppendOnlyDirectory, copy.Path);
        await portal.Redis.StartAgainAsync();
        await ViewAsync(portal, 5);
        await ShowsAsync(portal, 8);

        await portal.Redis.KillAsync();
        Directory.Delete(portal.Redis.AppendOnlyDirectory, recursive: true);
        Copy(copy.Path, portal.Redis.AppendOnlyDirectory);
        await portal.Redis.StartAgainAsync();
        await ViewAsync(portal, 1);
        // Fewer than before, but of a younger epoch.
        await ShowsAsync(portal, 4);
        await ViewAsync(portal, 2);
        await ShowsAsync(portal, 6);
    }

    /// <summary>Sends views until each was counted; while the store is away they are refused.</summary>
    private static async Task ViewAsync(ServicesShape portal, int views)
    {
        for (var view = 0; view < views; view++)
        {
            var id = Guid.NewGuid().ToString("N");
            await Eventually.HoldsAsync(
                async () => (int)(await portal.PublicDoor.PostAsync(
                    $"/api/sites/{Site}/views", $$"""{"page":"/articles/mot","view":"{{id}}"}""", "application/json", Cancel, ("User-Agent", ViewCall.Browser))).Status == 200,
                "the view is counted", Cancel);
        }
    }

    private static Task<long> ShowsAsync(ServicesShape portal, long views) => Eventually.BecomesAsync(
        async () => (await portal.PublicDoor.GetAsync($"/api/sites/{Site}/articles/mot", Cancel)).Json.GetProperty("views").GetInt64(),
        shown => shown == views, $"{views} views in the article", Cancel);

    private static async Task<Reply> AsEditorAsync(ServicesShape portal, string path, string body, string? match)
    {
        (string, string)[] headers = [("Authorization", $"Bearer {Key.Value}"), .. match is null ? ((string, string)[])[] : [("If-Match", match)]];
        var reply = await portal.OperatorsDoor.PostAsync($"/api/operator/sites/{Site}/{path}", body, "application/json", Cancel, headers);
        Assert.True((int)reply.Status is 200 or 201, reply.ToString());
        return reply;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
