using System.IO.Compression;
using System.Net;
using PortalServices.Testing;

namespace PortalServices.Acceptance.Tests.Doors;

/// <summary><c>/portal.js</c> and <c>/portal-form.js</c>, which pages of other origins include.</summary>
public sealed class PortalScriptTests(Portals portals)
{
    private const string Counter = "/portal.js",
        Form = "/portal-form.js";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Shape, string> Scripts =>
        new(Variants.Of(Shapes.Whole, Shape.Services), [Counter, Form]);

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task It_is_kept_for_an_hour_and_then_asked_for_by_its_tag(Shape shape, string path)
    {
        var portal = await portals.InAsync(shape);
        var reply = await portal.Public.GetAsync(path, Cancel);
        Assert.Equal(
            (HttpStatusCode.OK, "text/javascript", "public, max-age=3600", "cross-origin", "nosniff"),
            (
                reply.Status,
                reply.MediaType,
                reply.Header("Cache-Control"),
                reply.Header("Cross-Origin-Resource-Policy"),
                reply.Header("X-Content-Type-Options")
            )
        );
        Assert.Equal(await File.ReadAllTextAsync(FileOf(path), Cancel), reply.Body);
        var again = await portal.Public.GetAsync(path, Cancel, ("If-None-Match", reply.Header("ETag")!));
        Assert.Equal(
            (HttpStatusCode.NotModified, "", "public, max-age=3600"),
            (again.Status, again.Body, again.Header("Cache-Control"))
        );
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Its_head_is_that_of_the_file(Shape shape, string path)
    {
        var portal = await portals.InAsync(shape);
        using var message = new HttpRequestMessage(HttpMethod.Head, new Uri(portal.Public.Door, path));
        var head = await portal.Public.SendAsync(message, Cancel);
        Assert.Equal(
            (HttpStatusCode.OK, "", $"{new FileInfo(FileOf(path)).Length}"),
            (head.Status, head.Body, head.Header("Content-Length"))
        );
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Compressed_it_is_the_same(Shape shape, string path)
    {
        var portal = await portals.InAsync(shape);
        var file = await File.ReadAllBytesAsync(FileOf(path), Cancel);
        foreach (
            var (accepted, encoding) in new[]
            {
                ("gzip, deflate, br", "br"),
                ("gzip", "gzip"),
                ("br;q=0, GZIP", "gzip"),
                ("br;q=0, gzip;q=0", null),
                ("zstd", null),
            }
        )
        {
            var (reply, content) = await FetchAsync(portal.Public.Door, path, accepted);
            using (reply)
            {
                Assert.Equal((accepted, encoding), (accepted, reply.Content.Headers.ContentEncoding.SingleOrDefault()));
                Assert.Contains("Accept-Encoding", reply.Headers.Vary);
                Assert.Equal(file, Decompress(content, encoding));
            }
        }
    }

    [Theory, EveryShape]
    public async Task The_counter_takes_at_most_4_KB(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var (reply, content) = await FetchAsync(portal.Public.Door, Counter, "gzip");
        reply.Dispose();
        Assert.InRange(content.Length, 1_000, 4_096);
    }

    private static string FileOf(string path) => Path.Combine(Repository.Root, "gateway/Portal/wwwroot" + path);

    private static async Task<(HttpResponseMessage Reply, byte[] Content)> FetchAsync(
        Uri door,
        string path,
        string accepted
    )
    {
        using var client = new HttpClient { BaseAddress = door };
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        message.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        var reply = await client.SendAsync(message, Cancel);
        return (reply, await reply.Content.ReadAsByteArrayAsync(Cancel));
    }

    private static byte[] Decompress(byte[] content, string? encoding)
    {
        using var compressed = new MemoryStream(content);
        using Stream plain = encoding switch
        {
            "br" => new BrotliStream(compressed, CompressionMode.Decompress),
            "gzip" => new GZipStream(compressed, CompressionMode.Decompress),
            _ => compressed,
        };
        using var whole = new MemoryStream();
        plain.CopyTo(whole);
        return whole.ToArray();
    }
}
