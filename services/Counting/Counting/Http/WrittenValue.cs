using System.Globalization;

namespace PortalServices.Counting.Http;

/// <summary>Numbers and dates as they come in addresses and bodies.</summary>
internal static class WrittenValue
{
    /// <summary>Reads a whole number from 1 on; one that is not given is the other.</summary>
    public static bool TryReadNumber(string? text, int otherwise, int max, out int number)
    {
        number = otherwise;
        return text is null
            || (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                && number >= 1
                && number <= max
            );
    }

    /// <summary>Reads a date, <c>2026-11-25</c>.</summary>
    public static bool TryReadDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
