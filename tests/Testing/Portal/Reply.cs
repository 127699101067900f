using System.Net;
using System.Text.Json;

namespace PortalServices.Testing.Portal;

/// <summary>An answer, read to its end.</summary>
public sealed class Reply
{
    private readonly IReadOnlyDictionary<string, string> _headers;

    private Reply(string request, HttpStatusCode status, string body, IReadOnlyDictionary<string, string> headers) =>
        (Request, Status, Body, _headers) = (request, status, body, headers);

    /// <summary>What it answers: method and path, as in <c>GET /api/sites/sonla/stats</c>.</summary>
    public string Request { get; }

    /// <summary>The status code.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The body as text.</summary>
    public string Body { get; }

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The media type, without parameters.</summary>
    public string? MediaType => Header("Content-Type")?.Split(';')[0];

    /// <summary>A problem's stable code.</summary>
    public string? Code => Text("code");

    /// <summary>Whether the view was counted.</summary>
    public bool Counted => Json.GetProperty("counted").GetBoolean();

    /// <summary>Why a view was not counted.</summary>
    public string? Reason => Text("reason");

    /// <summary>The numbers of the site's box.</summary>
    public Stats Stats => Json.Deserialize<Stats>(JsonSerializerOptions.Web)!;

    /// <summary>The numbers of the pages asked for.</summary>
    public PageList Pages => Json.Deserialize<PageList>(JsonSerializerOptions.Web)!;

    /// <summary>A header, several values joined by commas; null when absent.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <inheritdoc />
    public override string ToString() => $"{(int)Status} {Body}";

    internal static async Task<Reply> ReadAsync(HttpResponseMessage message, CancellationToken cancel)
    {
        var body = await message.Content.ReadAsStringAsync(cancel);
        var headers = message
            .Headers.Concat(message.Content.Headers)
            .ToDictionary(
                header => header.Key,
                header => string.Join(", ", header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        return new Reply(
            $"{message.RequestMessage!.Method} {message.RequestMessage.RequestUri!.AbsolutePath}",
            message.StatusCode,
            body,
            headers
        );
    }

    private string? Text(string field) => Json.TryGetProperty(field, out var value) ? value.GetString() : null;
}
