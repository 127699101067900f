using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace PortalServices.ApiDocuments;

/// <summary>What a value can be.</summary>
public static class ApiValue
{
    /// <summary>A text.</summary>
    public static OpenApiSchema Text(string example, int? least = null, int? most = null, string? pattern = null) =>
        new()
        {
            Type = JsonSchemaType.String,
            MinLength = least,
            MaxLength = most,
            Pattern = pattern,
            Examples = [example],
        };

    /// <summary>An instant with its zone, RFC 3339.</summary>
    public static OpenApiSchema Instant(string example) => Formatted("date-time", example);

    /// <summary>An id that the product gives.</summary>
    public static OpenApiSchema Uuid() => Formatted("uuid", "0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57");

    /// <summary>A date, RFC 3339.</summary>
    public static OpenApiSchema Date(string example) => Formatted("date", example);

    /// <summary>A whole number of up to 64 bits.</summary>
    public static OpenApiSchema WholeNumber(
        long example,
        long? least = null,
        long? most = null,
        long? otherwise = null
    ) =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = least?.ToString(CultureInfo.InvariantCulture),
            Maximum = most?.ToString(CultureInfo.InvariantCulture),
            Default = otherwise is { } value ? JsonValue.Create(value) : null,
            Examples = [example],
        };

    /// <summary>True or false.</summary>
    public static OpenApiSchema Flag() => new() { Type = JsonSchemaType.Boolean, Examples = [true] };

    /// <summary>One of some words.</summary>
    public static OpenApiSchema OneOf(IEnumerable<string> words, string? otherwise = null) =>
        new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. words.Select(word => JsonValue.Create(word))],
            Default = otherwise,
        };

    /// <summary>One of the words of an enumeration, as JSON has them.</summary>
    public static OpenApiSchema OneOf<TEnum>()
        where TEnum : struct, Enum => OneOf(Enum.GetNames<TEnum>().Select(JsonNamingPolicy.CamelCase.ConvertName));

    /// <summary>An object of some fields and no others.</summary>
    public static OpenApiSchema Record(params IReadOnlyList<ApiField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return new()
        {
            Type = JsonSchemaType.Object,
            Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => field.ToProperty()),
            Required = fields.Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(),
            AdditionalPropertiesAllowed = false,
            Examples = [ExampleOf(fields)],
        };
    }

    /// <summary>A list of them.</summary>
    public static OpenApiSchema List(OpenApiSchema item, int least, int most)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new()
        {
            Type = JsonSchemaType.Array,
            Items = item,
            MinItems = least,
            MaxItems = most,
            Examples = [new JsonArray(item.Examples?[0].DeepClone())],
        };
    }

    private static OpenApiSchema Formatted(string format, string example) =>
        new()
        {
            Type = JsonSchemaType.String,
            Format = format,
            Examples = [example],
        };

    /// <summary>What an object of these fields may look like.</summary>
    internal static JsonObject ExampleOf(IReadOnlyList<ApiField> fields) =>
        new(
            fields.Select(field =>
                KeyValuePair.Create(field.Name, (field.Schema.Examples?[0] ?? field.Schema.Default)?.DeepClone())
            )
        );
}
