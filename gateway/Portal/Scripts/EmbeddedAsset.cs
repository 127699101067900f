using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Portal.Scripts;

/// <summary>
/// A file in the assembly, with an entity tag and an hour to be kept. It is compressed once, as small as it gets: the
/// compression of replies works at its fastest level.
/// </summary>
internal sealed class EmbeddedAsset
{
    private const string Kept = "public, max-age=3600";

    private readonly byte[] _content;
    private readonly Lazy<byte[]> _brotli,
        _gzip;
    private readonly EntityTagHeaderValue _tag;

    private readonly string _type;

    /// <param name="type">Its content type.</param>
    /// <param name="names">Of the files in <c>wwwroot</c> that it is made of, in order.</param>
    public EmbeddedAsset(string type, params string[] names)
    {
        _type = type;
        _content = [.. names.SelectMany(Read)];
        _brotli = new(() => Compress(to => new BrotliStream(to, CompressionLevel.SmallestSize)));
        _gzip = new(() => Compress(to => new GZipStream(to, CompressionLevel.SmallestSize)));
        // Weak: the same for each of its encodings.
        var hash = Convert.ToHexStringLower(SHA256.HashData(_content).AsSpan(0, 12));
        _tag = new EntityTagHeaderValue($"\"{hash}\"", isWeak: true);
        Version = hash[..8];
    }

    /// <summary>Another one for another content.</summary>
    public string Version { get; }

    public IResult Reply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = Kept;
        headers.Vary = HeaderNames.AcceptEncoding;
        // Pages of other origins may load it, also those that isolate themselves.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        var (content, encoding) = ContentFor(context.Request);
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }
        return TypedResults.Bytes(content, _type, entityTag: _tag);
    }

    private (byte[] Content, string? Encoding) ContentFor(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return Accepts("br") ? (_brotli.Value, "br")
            : Accepts("gzip") ? (_gzip.Value, "gzip")
            : (_content, null);

        bool Accepts(string encoding) =>
            accepted.Any(each =>
                each.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && each.Quality is not 0
            );
    }

    private byte[] Compress(Func<Stream, Stream> encoder)
    {
        var compressed = new MemoryStream();
        using (var stream = encoder(compressed))
        {
            stream.Write(_content);
        }
        return compressed.ToArray();
    }

    private static byte[] Read(string name)
    {
        using var stream =
            typeof(EmbeddedAsset).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
