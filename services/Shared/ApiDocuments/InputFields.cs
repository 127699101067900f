using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Microsoft.OpenApi;

namespace PortalServices.ApiDocuments;

/// <summary>
/// The fields of a record that is sent: their limits and examples are attributes of its parameters, their descriptions
/// the comments.
/// </summary>
internal static class InputFields
{
    /// <param name="type">A record; its constructor names its fields.</param>
    /// <param name="written">The schema that the framework makes of it, for the comments.</param>
    public static IReadOnlyList<ApiField> Of(Type type, IOpenApiSchema written) =>
        [.. type.GetConstructors()[0].GetParameters().Select(parameter => Of(parameter, written))];

    private static ApiField Of(ParameterInfo parameter, IOpenApiSchema whole)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
        var written = Present(whole).Properties![name];
        var field = new ApiField(name, Description(written), Schema(parameter.ParameterType, parameter, written, 0));
        return parameter.IsDefined(typeof(RequiredAttribute)) ? field.Required() : field;
    }

    private static OpenApiSchema Schema(Type type, ParameterInfo parameter, IOpenApiSchema written, int depth)
    {
        if (type == typeof(string))
        {
            return Text(parameter, isItem: depth > 0);
        }
        if (type == typeof(int) || type == typeof(long) || type == typeof(long?))
        {
            return Number(parameter);
        }
        if (type == typeof(bool) || type == typeof(bool?))
        {
            return ApiValue.Flag();
        }
        if (type.IsEnum)
        {
            var otherwise = parameter.HasDefaultValue ? Enum.GetName(type, parameter.DefaultValue!) : null;
            return ApiValue.OneOf(
                Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName),
                otherwise is null ? null : JsonNamingPolicy.CamelCase.ConvertName(otherwise)
            );
        }
        if (type.IsGenericType)
        {
            var items = parameter.GetCustomAttributes<ItemsAttribute>().Single(each => each.Depth == depth);
            return ApiValue.List(
                Schema(type.GetGenericArguments()[0], parameter, Present(written).Items!, depth + 1),
                items.Least,
                items.Most
            );
        }
        return ApiValue.Record(Of(type, written));
    }

    private static OpenApiSchema Text(ParameterInfo parameter, bool isItem)
    {
        var length = parameter.GetCustomAttribute<LengthAttribute>();
        var least =
            parameter.GetCustomAttribute<MinLengthAttribute>()?.Length
            ?? (parameter.IsDefined(typeof(RequiredAttribute)) && !isItem ? 1 : null as int?);
        var example = (string)parameter.GetCustomAttribute<ExampleAttribute>()!.Value;
        return parameter.GetCustomAttribute<DataTypeAttribute>()?.DataType switch
        {
            DataType.DateTime => ApiValue.Instant(example),
            DataType.Date => ApiValue.Date(example),
            _ => ApiValue.Text(
                example,
                length?.MinimumLength ?? least,
                length?.MaximumLength ?? parameter.GetCustomAttribute<MaxLengthAttribute>()?.Length,
                parameter.GetCustomAttribute<RegularExpressionAttribute>()?.Pattern
            ),
        };
    }

    private static OpenApiSchema Number(ParameterInfo parameter)
    {
        var range = parameter.GetCustomAttribute<WholeNumberAttribute>()!;
        return ApiValue.WholeNumber(
            (int)parameter.GetCustomAttribute<ExampleAttribute>()!.Value,
            range.Least,
            range.Most == long.MaxValue ? null : range.Most,
            parameter.IsDefined(typeof(RequiredAttribute)) ? null : 0
        );
    }

    // A type of its own is described at the reference; one that may be null is a choice.
    private static string Description(IOpenApiSchema written) =>
        DocumentWriter.OneLine(
            written is OpenApiSchema { Metadata: { } metadata }
            && metadata.TryGetValue("x-ref-description", out var description)
                ? (string)description
                : written.Description
        ) ?? throw new InvalidOperationException("A field that is sent has no comment.");

    private static IOpenApiSchema Present(IOpenApiSchema written) =>
        written.OneOf?.FirstOrDefault(choice => choice.Type != JsonSchemaType.Null) ?? written;
}
