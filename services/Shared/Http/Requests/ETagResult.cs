using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Http.Requests;

/// <summary>
/// A reply with an <c>ETag</c> over its content (RFC 9110, section 8.8.3), and 304 for who has it already. Asked for
/// anew each time. Where the request has a <see cref="ResourceRevision"/>, the tag ends with it, and the reply says
/// when it came to be.
/// </summary>
public static class ETagResult
{
    private const string JsonType = "application/json; charset=utf-8";

    /// <summary>As JSON, without the fields that have no value.</summary>
    public static IResult Json<T>(T value) => Bytes(Write(value), JsonType);

    /// <summary>Likewise, with a weak tag, which covers what of it matters to who has it already.</summary>
    /// <param name="value">What is answered.</param>
    /// <param name="hash">Hexadecimal digits, of what the tag covers.</param>
    public static IResult WeakJson<T>(T value, string hash) =>
        new Result(() => Write(value), JsonType, hash, isWeak: true);

    /// <summary>
    /// Likewise, of what is written already. It holds nothing of a request: one result answers all who ask.
    /// </summary>
    /// <param name="json">What is answered.</param>
    /// <param name="hash">Hexadecimal digits, of what the tag covers.</param>
    public static IResult WeakJson(byte[] json, string hash) => new Result(() => json, JsonType, hash, isWeak: true);

    /// <summary>As it is.</summary>
    public static IResult Bytes(byte[] content, string contentType) =>
        new Result(
            () => content,
            contentType,
            Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12)),
            isWeak: false
        );

    /// <summary>304 for a client that has a reply of this revision, by the tag of that reply.</summary>
    public static IResult NotModified(EntityTagHeaderValue held, ResourceRevision revision)
    {
        ArgumentNullException.ThrowIfNull(held);
        return new Unchanged(held.ToString(), revision);
    }

    private static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, PortalJson.Replies);

    private static void Describe(HttpResponse response, string tag, ResourceRevision? revision)
    {
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "no-cache";
        if (revision?.LastModified is { } at)
        {
            response.GetTypedHeaders().LastModified = at;
        }
    }

    private sealed class Unchanged(string tag, ResourceRevision revision) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
            Describe(httpContext.Response, tag, revision);
            return Task.CompletedTask;
        }
    }

    private sealed class Result(Func<byte[]> write, string contentType, string hash, bool isWeak) : IResult
    {
        private readonly string _tag = TagOf(hash, isWeak, revision: null);

        public Task ExecuteAsync(HttpContext httpContext)
        {
            var revision = httpContext.Features.Get<ResourceRevision>();
            var (request, response) = (httpContext.Request, httpContext.Response);
            Describe(response, revision is null ? _tag : TagOf(hash, isWeak, revision), revision);
            // Nearly always there is nothing to compare.
            if (
                (request.Headers.IfNoneMatch.Count > 0 || revision is not null)
                && IsHeld(request.GetTypedHeaders(), hash, revision?.LastModified)
            )
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            var content = write();
            response.ContentType = contentType;
            response.ContentLength = content.Length;
            return response.Body.WriteAsync(content, httpContext.RequestAborted).AsTask();
        }

        private static string TagOf(string hash, bool isWeak, ResourceRevision? revision) =>
            isWeak ? $"W/{ResourceRevision.TagOf(hash, revision)}" : ResourceRevision.TagOf(hash, revision);

        // RFC 9110, section 13.2.2: who sends tags is answered by tags alone.
        private static bool IsHeld(RequestHeaders request, string hash, DateTimeOffset? lastModified) =>
            request.IfNoneMatch.Count > 0
                ? request.IfNoneMatch.Any(held =>
                    held.Equals(EntityTagHeaderValue.Any) || ResourceRevision.HashIn(held) == hash
                )
                : lastModified <= request.IfModifiedSince;
    }
}
