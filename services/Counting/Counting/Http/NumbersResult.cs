using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Counting.Http;

/// <summary>
/// Numbers with an entity tag that covers all of them but not the instant they were taken at, so that unchanged ones
/// answer 304.
/// </summary>
internal sealed class NumbersResult<T>(T reply, T withoutInstant, JsonTypeInfo<T> json) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var hash = XxHash128.Hash(JsonSerializer.SerializeToUtf8Bytes(withoutInstant, json));
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(hash)}\"", isWeak: true);
        var headers = new ResponseHeaders(httpContext.Response.Headers)
        {
            ETag = tag,
            CacheControl = new CacheControlHeaderValue { NoCache = true },
        };
        if (
            new RequestHeaders(httpContext.Request.Headers).IfNoneMatch.Any(asked =>
                asked.Equals(EntityTagHeaderValue.Any) || asked.Compare(tag, useStrongComparison: false)
            )
        )
        {
            httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(reply, json);
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        headers.ContentLength = body.Length;
        await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
