using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// What a client says of a view: the fields of a JSON object in an <c>application/json</c> or <c>text/plain</c> body
/// (what sendBeacon can send), or the same fields in the query string of a request without body.
/// </summary>
/// <param name="Page">A path, or the full address of one of the site's pages; as the site names it, at most 512
/// bytes.</param>
/// <param name="View">The client's own id of this view. Sent again with the same id, a view counts once; without one,
/// every request is a new view.</param>
/// <param name="Age">How many milliseconds ago the client first sent this view.</param>
/// <param name="Referrer">Where the visitor came from; plain text.</param>
internal sealed record ViewRequest(
    [Required, Example("/tin-tuc?ItemID=42")] string? Page,
    [Length(16, 64), RegularExpression("^[A-Za-z0-9_-]{16,64}$"), Example("0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57")]
        string? View,
    [WholeNumber(0), Example(0)] long Age,
    [MaxLength(ViewRequest.LongestReferrer), Example("https://www.example.vn/")] string? Referrer
)
{
    /// <summary>
    /// A body with all fields at their longest, and every character of the page and the referrer escaped.
    /// </summary>
    public const int MaxBytes = 32 * 1024;

    public const int LongestReferrer = 2_048;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
    );
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 16 };

    /// <summary>Reads a request; the problem when it is none.</summary>
    public static async ValueTask<(ViewRequest? View, ProblemCode? Problem)> ReadAsync(HttpRequest request)
    {
        if (await BoundedBody.ReadAsync(request, MaxBytes) is not { } body)
        {
            return (null, CommonProblems.BodyTooLarge);
        }

        if (body.Length == 0)
        {
            return Check(FromQuery(request.Query));
        }

        if (!BoundedBody.IsOneOf(request, "application/json", "text/plain"))
        {
            return (null, CommonProblems.UnsupportedMediaType);
        }

        return Read(body.Span);
    }

    /// <summary>Reads the JSON of a body; the problem when it is none.</summary>
    public static (ViewRequest? View, ProblemCode? Problem) Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return Check(FromJson(body));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is the reader's word for a string that is not UTF-8.
            return (null, CommonProblems.InvalidJson);
        }
    }

    private static Fields FromQuery(IQueryCollection query)
    {
        string? First(string name) => query.TryGetValue(name, out var values) ? values[0] : null;
        var fields = new Fields
        {
            Page = First("page"),
            View = First("view"),
            Referrer = First("referrer"),
        };
        if (First("age") is { } age)
        {
            fields.AgeIsNumber = long.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out fields.Age);
        }

        return fields;
    }

    private static Fields FromJson(ReadOnlySpan<byte> body)
    {
        var fields = new Fields();
        var reader = new Utf8JsonReader(body, Strict);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The body is not an object.");
        }

        var seen = new FieldNames();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = seen.Take(ref reader);
            reader.Read();
            switch (field)
            {
                case Field.Page:
                    fields.Page = Text(ref reader);
                    break;
                case Field.View:
                    fields.View = Text(ref reader);
                    break;
                case Field.Referrer:
                    fields.Referrer = Text(ref reader);
                    break;
                case Field.Age when reader.TokenType == JsonTokenType.Number:
                    fields.AgeIsNumber = reader.TryGetInt64(out fields.Age);
                    break;
                case Field.Age:
                    fields.AgeIsNumber = reader.TokenType == JsonTokenType.Null;
                    reader.Skip();
                    break;
                default:
                    // Fields of later versions of a client are none of ours.
                    reader.Skip();
                    break;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject && !reader.Read()
            ? fields
            : throw new JsonException("More follows the object.");
    }

    private static string? Text(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Null => null,
            _ => throw new JsonException("A text field is of another kind."),
        };

    private static (ViewRequest?, ProblemCode?) Check(in Fields fields)
    {
        if (string.IsNullOrEmpty(fields.Page))
        {
            return (null, CountingProblems.InvalidPage);
        }

        if (fields.View is { } view && (view.Length is < 16 or > 64 || view.AsSpan().ContainsAnyExcept(IdCharacters)))
        {
            return (null, CountingProblems.InvalidViewId);
        }

        if (!fields.AgeIsNumber || fields.Age < 0)
        {
            return (null, CountingProblems.InvalidAge);
        }

        return
            fields.Referrer is { } referrer
            && (
                referrer.Length > LongestReferrer
                || referrer.AsSpan().ContainsAnyInRange('\0', '\x1F')
                || referrer.Contains('\x7F')
            )
            ? (null, CountingProblems.InvalidReferrer)
            : (new ViewRequest(fields.Page, fields.View, fields.Age, fields.Referrer), null);
    }

    [Flags]
    private enum Field
    {
        Other = 0,
        Page = 1,
        View = 2,
        Age = 4,
        Referrer = 8,
    }

    /// <summary>
    /// The names seen so far, each once. Those that mean nothing here are kept only to tell that one comes again.
    /// </summary>
    private struct FieldNames
    {
        private Field _seen;
        private HashSet<string>? _others;

        public Field Take(ref Utf8JsonReader reader)
        {
            var field =
                reader.ValueTextEquals("page"u8) ? Field.Page
                : reader.ValueTextEquals("view"u8) ? Field.View
                : reader.ValueTextEquals("age"u8) ? Field.Age
                : reader.ValueTextEquals("referrer"u8) ? Field.Referrer
                : Field.Other;
            var isNew =
                field == Field.Other
                    ? (_others ??= new(StringComparer.Ordinal)).Add(reader.GetString()!)
                    : (_seen & field) == 0;
            _seen |= field;
            return isNew ? field : throw new JsonException("A field is there twice.");
        }
    }

    private struct Fields
    {
        public Fields() { }

        public string? Page;
        public string? View;
        public string? Referrer;
        public long Age;
        public bool AgeIsNumber = true;
    }
}
