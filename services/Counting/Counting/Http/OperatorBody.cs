using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PortalServices.Counting.Http;

/// <summary>Reads what operators send.</summary>
internal static class OperatorBody
{
    private const int MaxBytes = 16 * 1024;

    /// <summary>The request, or the reply that says what is wrong with it.</summary>
    /// <param name="request">Where it is read from.</param>
    /// <param name="json">Its form.</param>
    /// <param name="whenEmpty">What an empty body stands for; without it one is refused.</param>
    public static async Task<(T? Request, IResult? Problem)> ReadAsync<T>(
        HttpRequest request,
        JsonTypeInfo<T> json,
        T? whenEmpty = null
    )
        where T : class
    {
        var (body, tooLarge) = await RequestBytes.ReadAsync(request, MaxBytes);
        if (tooLarge)
        {
            return (null, Problem.Of(CommonProblems.BodyTooLarge));
        }

        if (body.IsEmpty && whenEmpty is not null)
        {
            return (whenEmpty, null);
        }

        if (!RequestBytes.IsUtf8(request.ContentType, "application/json"))
        {
            return (null, Problem.Of(CommonProblems.UnsupportedMediaType));
        }

        try
        {
            return JsonSerializer.Deserialize(body.Span, json) is { } read
                ? (read, null)
                : (null, Problem.Of(CommonProblems.InvalidJson));
        }
        catch (JsonException)
        {
            return (null, Problem.Of(CommonProblems.InvalidJson));
        }
    }
}
