using System.Net;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Feedback.Submit;

/// <summary>Reads feedback, as JSON or as the form of a page without scripts.</summary>
internal static class FeedbackBody
{
    /// <summary>The largest body: with every letter of the longest texts escaped in a form.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxFields = 64;

    /// <summary>Whether a page without scripts sends it, and a browser shows the reply.</summary>
    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    /// <summary>What was sent with the idempotency key, or the reply that says what is wrong with it.</summary>
    public static async Task<(FeedbackInput? Input, string? Key, IResult? Problem)> ReadAsync(HttpRequest request)
    {
        string? key = request.Headers[IdempotencyKey.Header];
        if (!IsForm(request))
        {
            var (json, problem) = await JsonBody.ReadAsync<FeedbackInput>(request, MaxBytes);
            return (json, key, problem);
        }

        if (await BoundedBody.ReadAsync(request, MaxBytes) is not { } body)
        {
            return (null, null, Problem.Of(CommonProblems.BodyTooLarge));
        }
        if (Parse(body.Span) is not { } fields)
        {
            return (null, null, Problem.Of(CommonProblems.InvalidRequest, detail: "application/x-www-form-urlencoded"));
        }
        string? Of(string name) => fields.GetValueOrDefault(name);
        var input = new FeedbackInput(
            Of("fullName"),
            Of("title"),
            Of("content"),
            Of("email"),
            Of("phone"),
            Of("page"),
            Of("category"),
            new CaptchaInput(Of("captcha.id"), Of("captcha.answer"), Of("altcha")),
            Of("website")
        );
        return (input, key ?? Of("idempotencyKey"), null);
    }

    /// <summary>
    /// The fields of a form, the first of each name (https://url.spec.whatwg.org/#urlencoded-parsing). What is not
    /// UTF-8 becomes replacement characters, which no field may have. Null for too many.
    /// </summary>
    private static Dictionary<string, string>? Parse(ReadOnlySpan<byte> form)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            if (pair.IsEmpty)
            {
                continue;
            }
            var end = pair.IndexOf((byte)'=');
            fields.TryAdd(Decode(end < 0 ? pair : pair[..end]), end < 0 ? "" : Decode(pair[(end + 1)..]));
            if (fields.Count > MaxFields)
            {
                return null;
            }
        }

        return fields;
    }

    private static string Decode(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(WebUtility.UrlDecodeToBytes(text.ToArray(), 0, text.Length));
}
