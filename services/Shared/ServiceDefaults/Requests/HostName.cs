using System.Buffers;
using System.Globalization;
using System.Text;

namespace PortalServices.ServiceDefaults.Requests;

/// <summary>
/// The host that a request names, in one spelling: lower case, international names in punycode. A name that says it is
/// punycode and is not is refused, because the framework throws wherever such a <c>Request.Host</c> is read; whatever
/// else is no host name stays as it is and equals nothing.
/// </summary>
public static class HostName
{
    private const string Punycode = "xn--";
    private const string ForwardedHost = "X-Forwarded-Host";
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "0123456789abcdefghijklmnopqrstuvwxyz.-:[]_"
    );
    private static readonly IdnMapping International = new();

    /// <summary>Comes before whatever reads <c>Request.Host</c>.</summary>
    internal static void UseHostName(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
                TryNormalize(context.Request.Headers)
                    ? next(context)
                    : Problem.Of(CommonProblems.InvalidRequest, "Host").ExecuteAsync(context)
        );

    /// <summary>Writes the host of a request in the one spelling; false where it cannot be read.</summary>
    public static bool TryNormalize(IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var host = headers.Host.ToString();
        if (!TryNormalize(host, out var normalized))
        {
            return false;
        }
        if (!ReferenceEquals(normalized, host))
        {
            headers.Host = normalized;
        }
        return true;
    }

    /// <summary>
    /// The same for hosts that proxies name. One that cannot be read is taken away with all of the header, as the
    /// framework ignores others that are no hosts: the proxy may only have passed on what a client made up.
    /// </summary>
    internal static void NormalizeForwarded(IHeaderDictionary headers)
    {
        var named = headers.GetCommaSeparatedValues(ForwardedHost);
        if (named.Length == 0)
        {
            return;
        }
        for (var i = 0; i < named.Length; i++)
        {
            if (!TryNormalize(named[i], out var normalized))
            {
                headers.Remove(ForwardedHost);
                return;
            }

            named[i] = normalized;
        }

        headers[ForwardedHost] = string.Join(',', named);
    }

    /// <summary>
    /// Host and port in one spelling; the same instance where it already is. False for punycode that is none.
    /// </summary>
    internal static bool TryNormalize(string host, out string normalized)
    {
        normalized = host;
        if (host.AsSpan().ContainsAnyExcept(Plain))
        {
            normalized = host.ToLowerInvariant();
        }
        if (Ascii.IsValid(normalized) && !normalized.Contains(Punycode, StringComparison.Ordinal))
        {
            return true;
        }
        var end = normalized.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? colon : normalized.Length;
        try
        {
            normalized = string.Concat(
                International.GetAscii(International.GetUnicode(normalized, 0, end)),
                normalized.AsSpan(end)
            );
            return Ascii.IsValid(normalized);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
