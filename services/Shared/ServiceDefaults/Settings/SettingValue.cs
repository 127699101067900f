using System.ComponentModel;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>Reads one value as the binder does, and refuses what that would misread.</summary>
internal static class SettingValue
{
    private const int MaxQuoted = 80;

    /// <summary>What is wrong with the text, or null and its value.</summary>
    public static string? Read(Type type, string text, out object? value)
    {
        value = null;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            // Left open.
            if (text.Length == 0)
            {
                return null;
            }
            type = underlying;
        }

        try
        {
            if (!IsMisread(type, text))
            {
                value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
                return null;
            }
        }
#pragma warning disable CA1031 // Each converter throws exceptions of its own.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Told below.
        }

        return $"'{(text.Length > MaxQuoted ? text[..MaxQuoted] + "…" : text)}' is not {Kind(type)}";
    }

    // A number for an enumeration, which may name nothing, or several names at once; a bare number for a duration,
    // which would be days.
    private static bool IsMisread(Type type, string text) =>
        type.IsEnum
            ? !Enum.GetNames(type).Contains(text.Trim(), StringComparer.OrdinalIgnoreCase)
            : type == typeof(TimeSpan) && !text.Contains(':', StringComparison.Ordinal) && text.Trim() != "0";

    private static string Kind(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(TimeSpan) ? "a duration like 00:10:00"
        : type == typeof(TimeOnly) ? "a time of day like 07:00"
        : type == typeof(bool) ? "true or false"
        : type == typeof(Uri) ? "an address"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : $"a {type.Name}";
}
