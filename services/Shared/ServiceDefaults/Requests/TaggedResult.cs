using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace PortalServices.ServiceDefaults;

/// <summary>A reply with an <c>ETag</c> over its content (RFC 9110, section 8.8.3), and 304 for who has it already. Asked for anew each time.</summary>
public static class TaggedResult
{
    /// <summary>As JSON, without the fields that have no value.</summary>
    public static IResult Json<T>(T value) => Bytes(JsonSerializer.SerializeToUtf8Bytes(value, PortalJson.Replies), "application/json; charset=utf-8");

    /// <summary>As it is.</summary>
    public static IResult Bytes(byte[] content, string contentType) => new Result(content, contentType);

    sealed class Result(byte[] content, string contentType) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"");
            var response = httpContext.Response;
            response.Headers.ETag = tag.ToString();
            response.Headers.CacheControl = "no-cache";
            if (httpContext.Request.GetTypedHeaders().IfNoneMatch.Any(held => held.Equals(EntityTagHeaderValue.Any) || held.Compare(tag, useStrongComparison: false)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            response.ContentType = contentType;
            response.ContentLength = content.Length;
            return response.Body.WriteAsync(content, httpContext.RequestAborted).AsTask();
        }
    }
}
