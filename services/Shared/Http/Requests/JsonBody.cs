using System.Text.Json;

namespace PortalServices.Http.Requests;

/// <summary>Reads a JSON body of bounded size, as strictly as <see cref="PortalJson"/>.</summary>
public static class JsonBody
{
    /// <summary>What was sent, or the reply that says what is wrong with it.</summary>
    /// <param name="request">Where it is read from.</param>
    /// <param name="maxBytes">The largest body.</param>
    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, int maxBytes)
        where T : class
    {
        var (body, problem) = await ReadBytesAsync(request, maxBytes, "application/json");
        if (problem is not null)
        {
            return (null, problem);
        }
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, PortalJson.Options) is { } value
                ? (value, null)
                : (null, Problem.Of(CommonProblems.InvalidJson));
        }
        catch (JsonException failure)
        {
            return (null, ProblemOf(request.HttpContext, body, typeof(T), failure));
        }
    }

    /// <summary>
    /// The bytes of a body of one of these media types, or the reply that says what is wrong with it.
    /// </summary>
    internal static async Task<(ReadOnlyMemory<byte> Body, IResult? Problem)> ReadBytesAsync(
        HttpRequest request,
        int maxBytes,
        params string[] mediaTypes
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ContentLength > maxBytes)
        {
            return (default, Problem.Of(CommonProblems.BodyTooLarge));
        }
        if (!BoundedBody.IsOneOf(request, mediaTypes))
        {
            return (default, Problem.Of(CommonProblems.UnsupportedMediaType));
        }
        return await BoundedBody.ReadAsync(request, maxBytes) is { } body
            ? (body, null)
            : (default, Problem.Of(CommonProblems.BodyTooLarge));
    }

    // Whoever misspells a field has sent JSON all the same, and is told which one.
    private static IResult ProblemOf(HttpContext context, ReadOnlyMemory<byte> body, Type type, JsonException failure)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Strict);
            return JsonFields.UnknownProblem(context, document.RootElement, type)
                ?? Problem.Of(CommonProblems.InvalidJson, detail: JsonFields.PathOf(failure));
        }
        catch (JsonException)
        {
            return Problem.Of(CommonProblems.InvalidJson);
        }
    }
}
