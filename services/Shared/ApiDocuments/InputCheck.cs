using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace PortalServices.ApiDocuments;

/// <summary>Checks what was sent by the attributes of its record, which the API document is written from, too.</summary>
public static class InputCheck
{
    private static readonly ConcurrentDictionary<Type, Field[]> Known = new();

    /// <summary>Gathers what is wrong with the texts that are limited, and with the numbers that have a range.</summary>
    /// <param name="errors">Where it is gathered.</param>
    /// <param name="input">A record that was sent.</param>
    /// <param name="clean">Makes a text what is stored.</param>
    /// <param name="within">What stands before the names of its fields.</param>
    public static void Check(
        this FieldErrors errors,
        object input,
        Func<string?, string?>? clean = null,
        string within = ""
    )
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(input);
        foreach (var (name, property, text, isRequired, range) in Known.GetOrAdd(input.GetType(), FieldsOf))
        {
            var value = property.GetValue(input);
            if (text is not null)
            {
                var sent = clean is null ? (string?)value : clean((string?)value);
                var isNeeded = isRequired || (text.NotBlank && sent is not null);
                errors.Text($"{within}{name}", sent, text.Length, isNeeded, text.SeveralLines);
            }
            else if (
                value is int or long
                && Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number
                && (number < range!.Least || number > range.Most)
            )
            {
                errors.Add(
                    $"{within}{name}",
                    string.Create(CultureInfo.GetCultureInfo("en"), $"From {range.Least:N0} to {range.Most:N0}."),
                    string.Create(CultureInfo.GetCultureInfo("vi"), $"Từ {range.Least:N0} đến {range.Most:N0}.")
                );
            }
        }
    }

    private static Field[] FieldsOf(Type type) =>
        [
            .. from parameter in type.GetConstructors()[0].GetParameters()
            let text = parameter.GetCustomAttribute<PlainTextAttribute>()
            let range = parameter.GetCustomAttribute<WholeNumberAttribute>()
            where text is not null || range is not null
            // A list of texts has names of its own.
            where text is null || parameter.ParameterType == typeof(string)
            select new Field(
                JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!),
                type.GetProperty(parameter.Name!)!,
                text,
                parameter.IsDefined(typeof(RequiredAttribute)),
                range
            ),
        ];

    private sealed record Field(
        string Name,
        PropertyInfo Property,
        PlainTextAttribute? Text,
        bool IsRequired,
        WholeNumberAttribute? Range
    );
}
