using System.Net;

namespace PortalServices.Edge.Limits;

/// <summary>
/// A limit of a browser at an address, and a more generous one of the address with all its browsers, so that one
/// program behind an office's address uses up its own share and not everybody's. Of what a browser is refused nothing
/// is taken from its address.
/// </summary>
internal sealed class ClientLimit(string name, int perMinute, EdgeOptions edge) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly RateLimit _browser = new(name + "PerBrowser", perMinute, Minute, Math.Max(1, perMinute));

    private readonly RateLimit _address = new(
        name + "PerAddress",
        perMinute * edge.BrowsersPerAddress,
        Minute,
        Math.Max(1, perMinute * edge.BrowsersPerAddress)
    );

    /// <summary>
    /// Takes a share; the limit that leaves none, and how long until there is one again, when there is none.
    /// </summary>
    public (RateLimit Limit, TimeSpan Wait)? Take(IPAddress address, HttpRequest request)
    {
        var ofAddress = RateLimit.OfAddress(address);
        // Asked first: an address that has none left, whatever its browsers call themselves, touches no browser's
        // share, with which others may share a bucket.
        if (!_address.HasAny(ofAddress) && _address.WaitFor(ofAddress) is { } none)
        {
            return (_address, none);
        }
        return _browser.WaitFor(RateLimit.OfClient(address, request)) is { } spent ? (_browser, spent)
            : _address.WaitFor(ofAddress) is { } wait ? (_address, wait)
            : null;
    }

    public void Dispose()
    {
        _browser.Dispose();
        _address.Dispose();
    }
}
