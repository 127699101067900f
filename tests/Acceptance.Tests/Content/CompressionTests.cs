using PortalServices.Acceptance.Tests.Feedback;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>
/// Readers get JSON, HTML and XML compressed; who holds a compressed reply is told that it is the present one; nothing
/// that is a secret is compressed.
/// </summary>
[Usually(Shape.Services)]
public sealed class CompressionTests(Portals portals)
{
    private static readonly (string Name, string Value) Accepts = ("Accept-Encoding", "gzip, br");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task What_readers_read_is_compressed_and_asked_for_again_with_its_tag(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        await editor.PublishedAsync("Dài", string.Concat(Enumerable.Repeat("Một câu của bài viết. ", 200)));
        foreach (var path in (string[])["articles/dai", "articles/dai/print", "feed.atom", "feed.rss"])
        {
            var plain = await editor.ReadAsync(path);
            var packed = await editor.ReadAsync(path, Accepts);
            Assert.Equal(
                (200, null, "br", "W/" + plain.Header("ETag")!.Split('-')[0]),
                (
                    (int)plain.Status,
                    plain.Header("Content-Encoding"),
                    packed.Header("Content-Encoding"),
                    packed.Header("ETag")!.Split('-')[0]
                )
            );
            Assert.All(
                [plain, packed],
                reply => Assert.Contains("Accept-Encoding", reply.Header("Vary"), StringComparison.Ordinal)
            );
            var held = await editor.ReadAsync(path, Accepts, ("If-None-Match", packed.Header("ETag")!));
            // The number of views may have come meanwhile: another revision of the same reply.
            Assert.Equal(
                (304, packed.Header("ETag")!.Split('-')[0]),
                ((int)held.Status, held.Header("ETag")!.Split('-')[0])
            );
            Assert.Equal(304, (int)(await editor.ReadAsync(path, ("If-None-Match", packed.Header("ETag")!))).Status);
        }
    }

    [Theory, EveryShape]
    public async Task Operators_and_receipts_are_not(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var article = await editor.PublishedAsync(
            "Dài",
            string.Concat(Enumerable.Repeat("Một câu của bài viết. ", 200))
        );
        var read = await editor.SendAsync(
            HttpMethod.Get,
            $"articles/{article.GetProperty("id").GetString()}",
            (string?)null,
            Accepts
        );
        Assert.Equal((200, null, "\"2\""), ((int)read.Status, read.Header("Content-Encoding"), read.Header("ETag")));
        Assert.Equal(
            200,
            (int)
                (
                    await editor.SendAsync(
                        HttpMethod.Put,
                        $"articles/{article.GetProperty("id").GetString()}",
                        """{"title":"a","body":"b"}""",
                        ("If-Match", read.Header("ETag")!),
                        Accepts
                    )
                ).Status
        );

        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var sent = await visitor.SendAsync();
        var receipt = await visitor.Portal.Public.GetAsync(sent.Header("Location")!, Cancel, Accepts);
        Assert.Equal(
            (200, null, "no-store"),
            ((int)receipt.Status, receipt.Header("Content-Encoding"), receipt.Header("Cache-Control"))
        );
    }
}
