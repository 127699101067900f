using System.Net;
using System.Text.Json;

namespace PortalServices.InProcess;

/// <summary>An answer, read to its end.</summary>
public sealed class AppReply
{
    private readonly Dictionary<string, string> _headers;

    private AppReply(int status, byte[] bytes, Dictionary<string, string> headers) =>
        (Status, Bytes, _headers) = (status, bytes, headers);

    public int Status { get; }

    public byte[] Bytes { get; }

    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonElement.Parse(Bytes);

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<JsonElement> Items => [.. Json.GetProperty("items").EnumerateArray()];

    /// <summary>One field of each item of a list.</summary>
    public IEnumerable<string?> Each(string field) => Items.Select(item => item.GetProperty(field).GetString());

    /// <summary>The code of a problem.</summary>
    public string? Code => Json.GetProperty("code").GetString();

    /// <summary>The fields of <c>invalid_fields</c> that are wrong, sorted.</summary>
    public IEnumerable<string> WrongFields =>
        Json.GetProperty("errors").EnumerateObject().Select(each => each.Name).Order(StringComparer.Ordinal);

    /// <summary>The validator of what was read.</summary>
    public string? Tag => Header("ETag");

    /// <summary>A header, several values joined by commas; null when absent.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <summary>This, which must have this status.</summary>
    public AppReply Is(HttpStatusCode status)
    {
        Assert.True((int)status == Status, $"{(int)status} was expected: {this}");
        return this;
    }

    /// <summary>A problem of this status and code.</summary>
    public AppReply IsProblem(int status, string code)
    {
        Assert.True(
            Status == status && Header("Content-Type") == "application/problem+json" && Code == code,
            $"{status} {code} was expected: {this}"
        );
        return this;
    }

    public override string ToString() => $"{Status} {Text}";

    /// <summary>Reads an answer to its end.</summary>
    public static async Task<AppReply> ReadAsync(HttpResponseMessage message, CancellationToken cancel)
    {
        var headers = message
            .Headers.Concat(message.Content.Headers)
            .ToDictionary(
                header => header.Key,
                header => string.Join(", ", header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        return new AppReply((int)message.StatusCode, await message.Content.ReadAsByteArrayAsync(cancel), headers);
    }
}
