using System.Net.Http.Json;
using System.Text.Json;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>Readers say whether an article was helpful; operators read it.</summary>
[Usually(Shape.Services)]
public sealed class RatingTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Two_readers_rate_an_article_one_of_them_twice_and_operators_read_it(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var editor = new Editor(portal, portal.NewSite(), Cancel);
        var article = await editor.PublishedAsync("Thủ tục cấp lại bằng");
        const string Slug = "thu-tuc-cap-lai-bang";

        var first = await RateAsync(portal, editor.Site, Slug, new { helpful = false, words = "Thiếu mẫu đơn." });
        Assert.Equal((200, "no-store"), ((int)first.Status, first.Header("Cache-Control")));
        Assert.Equal("""{"helpful":false,"wordsKept":true,"replaced":false}""", first.Body);
        var again = await RateAsync(portal, editor.Site, Slug, new { helpful = true });
        Assert.Equal("""{"helpful":true,"wordsKept":true,"replaced":true}""", again.Body);
        await RateAsync(portal, editor.Site, Slug, new { helpful = false }, "another browser");

        var id = article.GetProperty("id").GetString();
        var read = (await portal.ReadAsOperatorAsync(editor.Site, $"articles/{id}/rating", Cancel)).Json;
        Assert.Equal((1, 1, 1), (Number(read, "helpful"), Number(read, "notHelpful"), Number(read, "total")));
        var words = read.GetProperty("items")[0];
        Assert.Equal(
            ("Thiếu mẫu đơn.", true),
            (words.GetProperty("text").GetString(), words.GetProperty("helpful").GetBoolean())
        );
        var list = (await portal.ReadAsOperatorAsync(editor.Site, "articles/ratings", Cancel)).Json;
        Assert.Equal(Slug, list.GetProperty("items")[0].GetProperty("slug").GetString());
        // Nobody else reads what was written, or how many there are.
        Assert.Equal(
            404,
            (int)(await portal.Public.GetAsync($"/api/sites/{editor.Site}/articles/{Slug}/ratings", Cancel)).Status
        );
    }

    [Theory, EveryShape]
    public async Task A_wrong_rating_is_refused_by_a_code(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var editor = new Editor(portal, portal.NewSite(), Cancel);
        await editor.PublishedAsync("Một bài");
        Assert.Equal((400, "invalid_fields"), await OutcomeAsync("mot-bai", new { }));
        Assert.Equal((400, "invalid_fields"), await OutcomeAsync("mot-bai", new { helpful = true, other = 1 }));
        Assert.Equal(
            (400, "invalid_fields"),
            await OutcomeAsync("mot-bai", new { helpful = true, words = new string('x', 501) })
        );
        Assert.Equal((400, "invalid_json"), await OutcomeAsync("mot-bai", new { helpful = "yes" }));
        Assert.Equal((404, "unknown_article"), await OutcomeAsync("khong-co", new { helpful = true }));
        Assert.Equal((404, "unknown_site"), await OutcomeAsync("mot-bai", new { helpful = true }, "khong-co"));

        async Task<(int, string?)> OutcomeAsync(string slug, object body, string? site = null)
        {
            var reply = await RateAsync(portal, site ?? editor.Site, slug, body);
            return ((int)reply.Status, reply.Code);
        }
    }

    private static Task<Reply> RateAsync(
        Portal portal,
        string site,
        string slug,
        object body,
        string browser = ViewCall.Browser
    )
    {
        var message = portal.Public.Message(
            HttpMethod.Post,
            $"/api/sites/{site}/articles/{slug}/rating",
            browser,
            null
        );
        message.Content = JsonContent.Create(body);
        return portal.Public.SendAsync(message, Cancel);
    }

    private static long Number(JsonElement of, string field) => of.GetProperty(field).GetInt64();
}
