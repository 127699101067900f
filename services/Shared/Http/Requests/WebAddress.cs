using System.Diagnostics.CodeAnalysis;

namespace PortalServices.Http.Requests;

/// <summary>Addresses as people and settings write them.</summary>
public static class WebAddress
{
    /// <summary>Reads a full http or https address.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address)
        && address is { Scheme: "http" or "https", Host.Length: > 0 };

    /// <summary>
    /// Whether it is a path of the host that it stands at: two slashes begin an address of another host.
    /// </summary>
    public static bool IsPath(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal);
    }
}
