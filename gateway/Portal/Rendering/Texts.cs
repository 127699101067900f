using System.Globalization;

namespace PortalServices.Portal.Rendering;

/// <summary>The texts of pages in one language: each stands beside its markup, in both.</summary>
public sealed class Texts(bool isEnglish)
{
    // As the portal's numbers are written everywhere: 18,481,240.
    private static readonly NumberFormatInfo Numbers = CultureInfo.InvariantCulture.NumberFormat;

    public bool IsEnglish => isEnglish;

    public string this[string vietnamese, string english] => isEnglish ? english : vietnamese;

    public static string Number(long number) => number.ToString("#,0", Numbers);

    /// <summary>A day by the site's clock.</summary>
    public string Day(DateTime utc, TimeZoneInfo zone) => Day(DateOnly.FromDateTime(Local(utc, zone)));

    public string Day(DateOnly day) =>
        day.ToString(isEnglish ? "d MMM yyyy" : "dd/MM/yyyy", CultureInfo.InvariantCulture);

    /// <summary>A moment by the site's clock.</summary>
    public string Moment(DateTime utc, TimeZoneInfo zone)
    {
        var local = Local(utc, zone);
        return string.Create(CultureInfo.InvariantCulture, $"{local:HH:mm} {Day(DateOnly.FromDateTime(local))}");
    }

    /// <summary>For <c>datetime</c> of a <c>time</c> element.</summary>
    public static string Machine(DateTime utc) =>
        utc.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static DateTime Local(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(utc.ToUniversalTime(), zone);
}
