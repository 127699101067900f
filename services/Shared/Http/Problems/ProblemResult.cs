using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Http.Problems;

internal sealed class ProblemResult(
    ProblemCode code,
    string? detail,
    TimeSpan? retryAfter,
    IReadOnlyDictionary<string, string[]>? errors
) : IResult, IStatusCodeHttpResult
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public int? StatusCode => code.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        }
        if (httpContext.Features.Get<IProblemView>() is { } view)
        {
            return view.WriteAsync(httpContext, code, detail);
        }
        var language = RequestLanguage.Of(httpContext);
        var body = Write(httpContext, language);
        response.StatusCode = code.Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        response.Headers.ContentLanguage = language;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }

    private ReadOnlyMemory<byte> Write(HttpContext context, string language)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStartObject();
        json.WriteString("type", $"urn:portal-services:problem:{code.Code}");
        json.WriteString("title", language == RequestLanguage.English ? code.English : code.Vietnamese);
        json.WriteNumber("status", code.Status);
        json.WriteString("code", code.Code);
        if (detail is not null)
        {
            json.WriteString("detail", detail);
        }
        if (errors is not null)
        {
            json.WritePropertyName("errors");
            JsonSerializer.Serialize(json, errors);
        }

        json.WriteString("traceId", TraceId(context));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    // Of the caller where this process makes no traces itself.
    private static string TraceId(HttpContext context) =>
        Activity.Current?.TraceId.ToHexString()
        ?? (
            ActivityContext.TryParse(context.Request.Headers.TraceParent, null, out var parent)
                ? parent.TraceId.ToHexString()
                : context.TraceIdentifier
        );
}
