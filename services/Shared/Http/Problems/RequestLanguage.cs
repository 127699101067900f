using Microsoft.Net.Http.Headers;

namespace PortalServices.Http.Problems;

/// <summary>The language of a request that accepts none of the product's; null where nothing says it.</summary>
public delegate string? DefaultLanguage(HttpContext context);

/// <summary>The language a request is answered in: what it accepts, else its site's, else Vietnamese.</summary>
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
        return Accepted(context.Request.Headers)
            ?? context.RequestServices?.GetService<DefaultLanguage>()?.Invoke(context)
            ?? Vietnamese;
    }

    private static string? Accepted(IHeaderDictionary headers)
    {
        if (!StringWithQualityHeaderValue.TryParseList(headers.AcceptLanguage, out var wanted))
        {
            return null;
        }
        string? best = null;
        double quality = 0;
        foreach (var each in wanted)
        {
            var known =
                Matches(each.Value.AsSpan(), Vietnamese) ? Vietnamese
                : Matches(each.Value.AsSpan(), English) ? English
                : null;
            if (known is null || (each.Quality ?? 1) <= quality)
            {
                continue;
            }
            best = known;
            quality = each.Quality ?? 1;
        }

        return best;
    }

    // en, EN-us, but not enm.
    private static bool Matches(ReadOnlySpan<char> wanted, string language) =>
        wanted.StartsWith(language, StringComparison.OrdinalIgnoreCase)
        && (wanted.Length == language.Length || wanted[language.Length] == '-');
}
