using PortalServices.Sites;

namespace PortalServices.Portal.Rendering;

/// <summary>What every part of a page knows.</summary>
public sealed class PageFrame
{
    /// <summary>Whose page it is.</summary>
    public required Site Site { get; init; }

    /// <summary>In the language of the page.</summary>
    public required Texts Text { get; init; }

    /// <summary>The page's path, which counts its views; empty for what is no page of its own.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Path and query, without the language; empty for what answers a form, which no address brings back.
    /// </summary>
    public required string Address { get; init; }

    /// <summary>Whether the page is a view: what failed, thanks and forms that come back are none.</summary>
    public bool IsCounted { get; init; } = true;

    /// <summary>Whose images may be shown besides the portal's own.</summary>
    public required IReadOnlySet<string> ImageOrigins { get; init; }

    public string Language => Text.IsEnglish ? RequestLanguage.English : RequestLanguage.Vietnamese;

    public string SiteName => Site.Name.Length > 0 ? Site.Name : Site.Id;

    /// <summary>An address within the portal, in the language of the page.</summary>
    public string To(string address) => InLanguage(address, Language);

    /// <summary>This page in the other language.</summary>
    public string InOtherLanguage =>
        InLanguage(Address, Text.IsEnglish ? RequestLanguage.Vietnamese : RequestLanguage.English);

    /// <summary>The image, where it may be shown.</summary>
    public string? Image(string? address) =>
        address is null ? null
        // A browser reads a backslash as a slash.
        : address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal) && !address.Contains('\\')
            ? address
        : Uri.TryCreate(address, UriKind.Absolute, out var absolute)
        && ImageOrigins.Contains(absolute.GetLeftPart(UriPartial.Authority))
            ? address
        : null;

    private string InLanguage(string address, string language) => InLanguage(Site, address, language);

    /// <summary>An address of a site's portal in a language; the site's own needs no word in it.</summary>
    public static string InLanguage(Site site, string address, string language)
    {
        if (language == site.Language)
        {
            return address;
        }
        var fragment = address.IndexOf('#', StringComparison.Ordinal);
        var (path, rest) = fragment < 0 ? (address, "") : (address[..fragment], address[fragment..]);
        return $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang={language}{rest}";
    }
}
