using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace PortalServices.ServiceDefaults;

/// <summary>Origins (RFC 6454) of web pages, written as browsers write them: lower case, punycode, no default port.</summary>
public static class WebOrigin
{
    static readonly SearchValues<char> NotInOrigins = SearchValues.Create([.. " \\?#@", .. Enumerable.Range(0, 0x20).Select(code => (char)code), '\u007F']);

    /// <summary>Reads an origin. Anything after the host and port makes it none; not even a lone slash is allowed.</summary>
    public static bool TryParse(string? value, [NotNullWhen(true)] out string? origin)
    {
        origin = null;
        if (string.IsNullOrEmpty(value) || value.AsSpan().ContainsAny(NotInOrigins))
            return false;
        var authority = value.IndexOf("://", StringComparison.Ordinal) + 3;
        if (authority == 2 || value.IndexOf('/', authority) >= 0 || !Uri.TryCreate(value, UriKind.Absolute, out var uri))
            return false;
        if ((uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Host.Length == 0)
            return false;
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
}
