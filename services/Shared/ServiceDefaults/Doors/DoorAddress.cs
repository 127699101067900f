using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PortalServices.ServiceDefaults.Doors;

/// <summary>
/// Where a door listens. Stricter than the server, which takes a host name it does not know for all addresses of the
/// machine: a slip of the pen would open a door to the internet.
/// </summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">As it is written in an address: an IP address (version 6 in brackets), <c>localhost</c>, <c>*</c>
/// or <c>+</c>.</param>
/// <param name="Ip">The IP address, where the host is one.</param>
/// <param name="Port">0 lets the system choose.</param>
internal sealed record DoorAddress(string Scheme, string Host, IPAddress? Ip, int Port)
{
    private const string Localhost = "localhost";

    public bool IsHttps => Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether it is reached at every address of the machine.</summary>
    public bool IsAny => Ip is null ? Host is "*" or "+" : Ip.Equals(IPAddress.Any) || Ip.Equals(IPAddress.IPv6Any);

    /// <summary>What it is bound to, of <c>localhost</c> and <c>*</c> the part that every machine has.</summary>
    public IPEndPoint EndPoint => new(Ip ?? (IsAny ? IPAddress.Any : IPAddress.Loopback), Port);

    /// <returns>What is wrong with it, or null.</returns>
    public static string? Parse(string? url, out DoorAddress? address)
    {
        address = null;
        // What stands before an @ may be a password.
        var quoted = url?.Contains('@', StringComparison.Ordinal) == true ? "it" : $"'{url}'";
        var parts = (url ?? "").Split("://", 2);
        var scheme = parts[0].ToLowerInvariant();
        if (parts is not [_, var authority] || scheme is not ("http" or "https"))
        {
            return $"{quoted} is not an address like http://localhost:8080";
        }
        if (authority.EndsWith('/'))
        {
            authority = authority[..^1];
        }
        if (!TrySplit(authority, scheme, out var host, out var port))
        {
            return $"{quoted} is not an address like http://localhost:8080: after the host and the port, 0 to 65535, nothing follows";
        }
        if (!TryReadHost(host, out var ip))
        {
            return $"{quoted} has a host that is not an IP address (written in full, version 6 in brackets), localhost, * or +";
        }
        if (port == 0 && host == Localhost)
        {
            return $"{quoted} has the port 0, which needs an IP address such as 127.0.0.1";
        }
        address = new DoorAddress(scheme, host, ip, port);
        return null;
    }

    private static bool TrySplit(string authority, string scheme, [NotNullWhen(true)] out string? host, out int port)
    {
        var colon = authority.LastIndexOf(':');
        port = scheme == Uri.UriSchemeHttps ? 443 : 80;
        host = authority.ToLowerInvariant();
        if (colon < 0 || authority.EndsWith(']'))
        {
            return !authority.Contains('/', StringComparison.Ordinal);
        }
        host = host[..colon];
        var digits = authority.AsSpan(colon + 1);
        return digits.Length is > 0 and <= 5
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port <= IPEndPoint.MaxPort
            && !host.Contains('/', StringComparison.Ordinal);
    }

    // Written in full: 127.1, 0 and 010.0.0.1 are addresses to the system, and other ones than they seem. One with a
    // scope cannot be told to others.
    private static bool TryReadHost(string host, out IPAddress? ip)
    {
        ip = null;
        if (host is Localhost or "*" or "+")
        {
            return true;
        }
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        return IPAddress.TryParse(isBracketed ? host[1..^1] : host, out ip)
            && !host.Contains('%', StringComparison.Ordinal)
            && (
                isBracketed
                    ? ip.AddressFamily is AddressFamily.InterNetworkV6 && !ip.IsIPv4MappedToIPv6
                    : ip.AddressFamily is AddressFamily.InterNetwork && ip.ToString() == host
            );
    }
}
