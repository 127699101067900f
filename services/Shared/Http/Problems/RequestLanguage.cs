using Microsoft.Net.Http.Headers;

namespace PortalServices.Http.Problems;

/// <summary>The language of a request that accepts none of the product's; null where nothing says it.</summary>
public delegate string? DefaultLanguage(HttpContext context);

/// <summary>
/// The language a request is answered in: what its address says by <c>?lang=</c>, else what it accepts, else its site's,
/// else Vietnamese.
/// </summary>
public static class RequestLanguage
{
    /// <summary>Vietnamese, the first language of the product.</summary>
    public const string Vietnamese = "vi";

    /// <summary>English.</summary>
    public const string English = "en";

    /// <summary><c>vi</c> or <c>en</c>.</summary>
    public static string Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Asked(context.Request)
            ?? Accepted(context.Request.Headers)
            ?? context.RequestServices?.GetService<DefaultLanguage>()?.Invoke(context)
            ?? Vietnamese;
    }

    /// <summary><c>vi</c> or <c>en</c>, as the address says; null where it says neither.</summary>
    public static string? Asked(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (string?)request.Query["lang"] is (Vietnamese or English) and var asked ? asked : null;
    }

    // The one of the highest quality, the first of equals.
    private static string? Accepted(IHeaderDictionary headers) =>
        StringWithQualityHeaderValue.TryParseList(headers.AcceptLanguage, out var wanted)
            ? wanted
                .Where(each => each.Quality is not <= 0)
                .OrderByDescending(each => each.Quality ?? 1)
                .Select(each =>
                    Matches(each.Value.AsSpan(), Vietnamese) ? Vietnamese
                    : Matches(each.Value.AsSpan(), English) ? English
                    : null
                )
                .FirstOrDefault(known => known is not null)
            : null;

    // en, EN-us, but not enm.
    private static bool Matches(ReadOnlySpan<char> wanted, string language) =>
        wanted.StartsWith(language, StringComparison.OrdinalIgnoreCase)
        && (wanted.Length == language.Length || wanted[language.Length] == '-');
}
