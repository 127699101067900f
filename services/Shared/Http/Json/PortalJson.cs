using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace PortalServices.Http.Json;

/// <summary>
/// How the product reads and writes JSON: camelCase, enums as camelCase words, nothing lenient, Vietnamese left
/// readable.
/// </summary>
public static class PortalJson
{
    /// <summary>The conventions as read-only options.</summary>
    public static JsonSerializerOptions Options { get; } = Create(JsonIgnoreCondition.Never);

    /// <summary>The same for replies: a field without a value is left out.</summary>
    public static JsonSerializerOptions Replies { get; } = Create(JsonIgnoreCondition.WhenWritingNull);

    /// <summary>Sets the conventions on other options, as those of the web framework.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.ReadCommentHandling = JsonCommentHandling.Disallow;
        options.AllowTrailingCommas = false;
        // Two readers of one body must not be able to see two values.
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 16;
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Create(JsonIgnoreCondition leftOut)
    {
        var options = new JsonSerializerOptions { DefaultIgnoreCondition = leftOut };
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
