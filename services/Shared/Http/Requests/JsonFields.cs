using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PortalServices.Http.Requests;

/// <summary>Compares what was sent with what a type has, as <see cref="PortalJson"/> reads it.</summary>
internal static class JsonFields
{
    // A body may have very many; whoever sent it mends a few at a time.
    private const int MaxMistakes = 20,
        MaxNameCharacters = 100;

    /// <summary>How a document is read that is compared.</summary>
    public static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = PortalJson.Options.MaxDepth,
    };

    /// <summary>The problem that names the fields that the type does not have; null when it has all.</summary>
    public static IResult? UnknownProblem(HttpContext context, JsonElement element, Type type)
    {
        var mistakes = new FieldErrors(context);
        Compare(mistakes, element, type, "");
        return mistakes.Problem();
    }

    /// <summary>The field that could not be read, such as <c>rows[3]</c>; null for the whole.</summary>
    public static string? PathOf(JsonException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
            ? Cut(path[2..])
            : null;
    }

    private static void Compare(FieldErrors mistakes, JsonElement element, Type type, string path)
    {
        if (mistakes.Count >= MaxMistakes)
        {
            return;
        }
        var shape = PortalJson.Options.GetTypeInfo(type);
        if (shape.Kind is JsonTypeInfoKind.Enumerable && element.ValueKind is JsonValueKind.Array)
        {
            foreach (var (i, item) in element.EnumerateArray().Index())
            {
                Compare(
                    mistakes,
                    item,
                    shape.ElementType!,
                    string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")
                );
            }
        }
        else if (shape.Kind is JsonTypeInfoKind.Object && element.ValueKind is JsonValueKind.Object)
        {
            CompareFields(mistakes, element, shape, path);
        }
    }

    private static void CompareFields(FieldErrors mistakes, JsonElement element, JsonTypeInfo shape, string path)
    {
        foreach (var field in element.EnumerateObject())
        {
            var name = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (shape.Properties.FirstOrDefault(property => property.Name == field.Name) is { } known)
            {
                Compare(mistakes, field.Value, known.PropertyType, name);
            }
            else if (
                shape.UnmappedMemberHandling is JsonUnmappedMemberHandling.Disallow
                && mistakes.Count < MaxMistakes
            )
            {
                mistakes.Add(Cut(name), "There is no such field.", "Không có trường này.");
            }
        }
    }

    private static string Cut(string name) => name.Length <= MaxNameCharacters ? name : name[..MaxNameCharacters] + "…";
}
