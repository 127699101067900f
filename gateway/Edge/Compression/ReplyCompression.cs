using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Edge.Compression;

/// <summary>
/// Replies to readers in brotli or gzip, at the fastest level. Only what everybody may read: the length of a compressed
/// secret beside text that an attacker chooses gives it away (https://www.breachattack.com), so neither operators'
/// replies, nor those to other methods than GET, nor any that may not be stored.
/// </summary>
internal static class ReplyCompression
{
    private static readonly string[] Types =
    [
        "application/json",
        "application/problem+json",
        "application/xml",
        "application/atom+xml",
        "application/rss+xml",
        "text/html",
        "text/plain",
        "text/xml",
    ];

    public static IServiceCollection AddReplyCompression(this IServiceCollection services)
    {
        services.AddSingleton<IResponseCompressionProvider, PublicReplies>();
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        return services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = Types;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
    }

    /// <summary>Replies to POST, which counting is made of, do not come by here.</summary>
    public static void UseReplyCompression(this IApplicationBuilder app) =>
        app.UseWhen(IsForReaders, readers => readers.Use(Vary).UseResponseCompression());

    private static bool IsForReaders(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.Door() is Door.Public
        && context.Request.Headers.Authorization.Count == 0
        && context.Request.Headers.Cookie.Count == 0;

    // Said with every reply that could be compressed, also with those that are not: a cache must not give a compressed
    // one to who cannot read it.
    private static Task Vary(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                var (request, response) = (((HttpContext)state).Request, ((HttpContext)state).Response);
                var isHeld = response.StatusCode == StatusCodes.Status304NotModified;
                if (isHeld || PublicReplies.AreFor(response))
                {
                    AddVary(response.Headers);
                }
                // Compressed it is the same content in other bytes: a tag that says that the bytes are the same is not
                // true of it.
                if (
                    response.Headers.ETag is [{ } tag]
                    && tag.StartsWith('"')
                    && (
                        response.Headers.ContentEncoding.Count > 0
                        || (isHeld && request.Headers.IfNoneMatch.ToString().Contains("W/", StringComparison.Ordinal))
                    )
                )
                {
                    response.Headers.ETag = "W/" + tag;
                }
                return Task.CompletedTask;
            },
            context
        );
        return next(context);
    }

    private static void AddVary(IHeaderDictionary headers)
    {
        if (
            !headers
                .GetCommaSeparatedValues(HeaderNames.Vary)
                .Contains(HeaderNames.AcceptEncoding, StringComparer.OrdinalIgnoreCase)
        )
        {
            headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        }
    }
}

/// <summary>Which replies are compressed, of those to readers.</summary>
internal sealed class PublicReplies(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    /// <summary>In bytes: a smaller reply fits into one packet as it is.</summary>
    private const int MinLength = 1024;

    public override bool ShouldCompressResponse(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && AreFor(context.Response) && base.ShouldCompressResponse(context);

    public static bool AreFor(HttpResponse response) =>
        response.ContentLength is null or >= MinLength
        && response.Headers.SetCookie.Count == 0
        && !response.Headers.CacheControl.ToString().Contains("no-store", StringComparison.OrdinalIgnoreCase);
}
