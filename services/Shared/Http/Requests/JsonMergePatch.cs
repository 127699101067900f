using System.Text.Json;
using System.Text.Json.Nodes;

namespace PortalServices.Http.Requests;

/// <summary>
/// A JSON merge patch (RFC 7396) of fields that hold single values: what it names gets the value, what it names as null
/// loses it, the rest stays.
/// </summary>
public sealed class JsonMergePatch<T>
    where T : class
{
    private readonly JsonObject _fields;

    internal JsonMergePatch(JsonObject fields) => _fields = fields;

    /// <summary>The patched value, or the reply that says what does not fit.</summary>
    public (T? Value, IResult? Problem) Apply(T present)
    {
        var whole = JsonSerializer.SerializeToNode(present, PortalJson.Options)!.AsObject();
        foreach (var (name, value) in _fields)
        {
            if (value is null)
            {
                whole.Remove(name);
            }
            else
            {
                whole[name] = value.DeepClone();
            }
        }

        try
        {
            return (whole.Deserialize<T>(PortalJson.Options), null);
        }
        catch (JsonException failure)
        {
            return (null, Problem.Of(CommonProblems.InvalidJson, detail: JsonFields.PathOf(failure)));
        }
    }
}

/// <summary>Reads merge patches.</summary>
public static class JsonMergePatch
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/merge-patch+json";

    /// <summary>
    /// What was sent as <see cref="MediaType"/> or as plain JSON, or the reply that says what is wrong with it.
    /// </summary>
    /// <param name="request">Where it is read from.</param>
    /// <param name="maxBytes">The largest body.</param>
    public static async Task<(JsonMergePatch<T>? Patch, IResult? Problem)> ReadAsync<T>(
        HttpRequest request,
        int maxBytes
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(request);
        var (body, problem) = await JsonBody.ReadBytesAsync(request, maxBytes, MediaType, "application/json");
        if (problem is not null)
        {
            return (null, problem);
        }
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Strict);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return (null, Problem.Of(CommonProblems.InvalidJson));
            }
            if (JsonFields.UnknownProblem(request.HttpContext, document.RootElement, typeof(T)) is { } unknown)
            {
                return (null, unknown);
            }
            return (new JsonMergePatch<T>(JsonObject.Create(document.RootElement.Clone())!), null);
        }
        catch (JsonException)
        {
            return (null, Problem.Of(CommonProblems.InvalidJson));
        }
    }
}
