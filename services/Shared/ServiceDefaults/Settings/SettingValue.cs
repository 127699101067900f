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

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return $"one of {string.Join(", ", Enum.GetNames(type))}";
        }
        if (type == typeof(TimeSpan))
        {
            return "a duration like 00:10:00";
        }
        if (type == typeof(TimeOnly))
        {
            return "a time of day like 07:00";
        }
        if (type == typeof(bool))
        {
            return "true or false";
        }
        if (type == typeof(Uri))
        {
            return "an address";
        }
        return type == typeof(int) || type == typeof(long) ? "a whole number" : $"a {type.Name}";
    }
}
