using System.Diagnostics.CodeAnalysis;

namespace PortalServices.Counting.Model;

/// <summary>Full http and https addresses of pages, as <c>location.href</c> gives them.</summary>
internal static class FullUrl
{
    /// <summary>
    /// Parts an address into its origin and the rest, which is left as it stands. A user name in front of the host, or
    /// a host that only a lenient reader would understand, makes it no address: what the browser took for the host must
    /// not be guessed.
    /// </summary>
    public static bool TrySplit(string value, [NotNullWhen(true)] out string? origin, out ReadOnlySpan<char> rest)
    {
        origin = null;
        rest = default;
        var host =
            value.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
            : value.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : 0;
        if (host == 0)
        {
            return false;
        }
        var length = value.AsSpan(host).IndexOfAny('/', '?', '#');
        var end = length < 0 ? value.Length : host + length;
        rest = value.AsSpan(end);
        return WebOrigin.TryParse(value[..end], out origin);
    }
}
