using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Edge.CachedReads;

/// <summary>A reply as it is sent to each of its readers.</summary>
internal sealed class CachedReply
{
    // Before the tag of a reply that is stale: the service made no such tag, and takes it for none of its own.
    private const string StalePrefix = "stale.";

    private readonly byte[] _body;
    private readonly StringValues _type,
        _cacheControl,
        _tag;
    private readonly string _length;
    private readonly Lazy<CachedReply?> _stale;

    /// <param name="body">The whole body.</param>
    /// <param name="type">Its content type.</param>
    /// <param name="cacheControl">As the service has said.</param>
    /// <param name="tag">Likewise.</param>
    /// <param name="askedAt">Local timestamp of the request: it is as new as that.</param>
    public CachedReply(byte[] body, StringValues type, StringValues cacheControl, StringValues tag, long askedAt)
    {
        (_body, _type, _cacheControl, _tag, AskedAt) = (body, type, cacheControl, tag, askedAt);
        _length = body.Length.ToString(CultureInfo.InvariantCulture);
        _stale = new(MarkStale);
    }

    /// <summary>Local timestamp of the request that it answered.</summary>
    public long AskedAt { get; }

    /// <summary>Bytes of it and of what is made of it.</summary>
    public int Size => 2 * _body.Length;

    /// <summary>
    /// The same with <c>"stale":true</c> for <c>false</c>; itself where it says so already. Null of what is no JSON
    /// object with such a flag: it cannot be told from a current one.
    /// </summary>
    public CachedReply? AsStale => _stale.Value;

    /// <summary>Sends it, or 304 to who has it.</summary>
    /// <param name="context">The reader.</param>
    /// <param name="age">Since it was asked for.</param>
    public Task WriteAsync(HttpContext context, TimeSpan age)
    {
        var (request, response) = (context.Request, context.Response);
        var headers = response.Headers;
        headers.CacheControl = _cacheControl;
        headers.ETag = _tag;
        // RFC 9111, section 5.1.
        headers.Age =
            age < TimeSpan.FromSeconds(1) ? "0" : ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (request.Headers.IfNoneMatch is { Count: > 0 } held && IsIn(held))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        headers.ContentType = _type;
        headers[HeaderNames.ContentLength] = _length;
        return HttpMethods.IsHead(request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(_body, context.RequestAborted).AsTask();
    }

    // RFC 9110, section 13.1.2: the comparison is weak. What cannot be read is no condition.
    private bool IsIn(StringValues held)
    {
        if (_tag.Count == 1 && held.Count == 1 && string.Equals(held[0], _tag[0], StringComparison.Ordinal))
        {
            return true;
        }
        if (!EntityTagHeaderValue.TryParseList(held, out var tags))
        {
            return false;
        }
        var own = EntityTagHeaderValue.TryParse(_tag.ToString(), out var parsed) ? parsed : null;
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(own, useStrongComparison: false));
    }

    private CachedReply? MarkStale()
    {
        if (FindFlag(_body) is not var (start, isStale))
        {
            return null;
        }
        if (isStale)
        {
            return this;
        }
        byte[] body = [.. _body.AsSpan(0, start), .. "true"u8, .. _body.AsSpan(start + "false".Length)];
        var tag = _tag.ToString() is { Length: > 0 } own
            ? own.Insert(own.IndexOf('"', StringComparison.Ordinal) + 1, StalePrefix)
            : null;
        return new CachedReply(body, _type, _cacheControl, tag, AskedAt);
    }

    /// <summary>Where the value of the flag begins, and what it is.</summary>
    private static (int Start, bool IsStale)? FindFlag(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isFlag = json.ValueTextEquals("stale"u8);
                json.Read();
                if (isFlag)
                {
                    return json.TokenType is JsonTokenType.True or JsonTokenType.False
                        ? ((int)json.TokenStartIndex, json.TokenType == JsonTokenType.True)
                        : null;
                }
                json.Skip();
            }
        }
        catch (JsonException)
        {
            // It is not of this shape.
        }
        return null;
    }
}
