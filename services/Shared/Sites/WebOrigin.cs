using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace PortalServices.Sites;

/// <summary>
/// Origins (RFC 6454) of web pages, in one spelling whatever way they were given: as browsers write them, in lower case
/// and punycode and without the default port. Whoever compares origins compares these.
/// </summary>
public static class WebOrigin
{
    private static readonly SearchValues<char> NotInOrigins = SearchValues.Create([
        .. " \\?#@",
        .. Enumerable.Range(0, 0x20).Select(code => (char)code),
        '\u007F',
    ]);

    /// <summary>
    /// Reads an origin. Anything after the host and port makes it none; not even a lone slash is allowed.
    /// </summary>
    public static bool TryParse(string? value, [NotNullWhen(true)] out string? origin)
    {
        origin = null;
        if (string.IsNullOrEmpty(value) || value.AsSpan().ContainsAny(NotInOrigins))
        {
            return false;
        }
        var authority = value.IndexOf("://", StringComparison.Ordinal) + 3;
        if (
            authority == 2
            || value.IndexOf('/', authority) >= 0
            || !Uri.TryCreate(value, UriKind.Absolute, out var uri)
            || uri is not { Scheme: "http" or "https", Host.Length: > 0 }
        )
        {
            return false;
        }
        try
        {
            origin = Of(uri);
            return true;
        }
        catch (UriFormatException)
        {
            // A host with characters that international names forbid is found out only when it is spelt in ASCII.
            return false;
        }
    }

    /// <summary>The origin of an absolute http or https address.</summary>
    public static string Of(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        return address.IsDefaultPort ? $"{address.Scheme}://{host}" : $"{address.Scheme}://{host}:{address.Port}";
    }

    /// <summary>
    /// Scheme and host that a request named, after trusted forwarding; not always an origin, as a client may name a
    /// host that is none, or no host at all.
    /// </summary>
    public static string Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // Not Request.Host, which spells an international name in Unicode.
        return $"{request.Scheme}://{request.Headers.Host}";
    }
}
