using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace PortalServices.ServiceDefaults;

/// <summary>Reads a JSON body of bounded size, as strictly as <see cref="PortalJson"/>.</summary>
public static class JsonBody
{
    /// <summary>What was sent, or the reply that says what is wrong with it.</summary>
    /// <param name="request">Where it is read from.</param>
    /// <param name="mostBytes">The largest body.</param>
    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, int mostBytes) where T : class
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ContentLength > mostBytes)
            return (null, Problem.Of(CommonProblems.BodyTooLarge));
        if (!IsJson(request.ContentType))
            return (null, Problem.Of(CommonProblems.UnsupportedMediaType));
        if (await BoundedBody.ReadAsync(request, mostBytes) is not { } body)
            return (null, Problem.Of(CommonProblems.BodyTooLarge));
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, PortalJson.Options) is { } value ? (value, null) : (null, Problem.Of(CommonProblems.InvalidJson));
        }
        catch (JsonException)
        {
            return (null, Problem.Of(CommonProblems.InvalidJson));
        }
    }

    static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Encoding is UTF8Encoding);
}
