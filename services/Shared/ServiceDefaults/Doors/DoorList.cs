using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace PortalServices.ServiceDefaults;

/// <summary>The doors of this process, from <c>Kestrel:Endpoints</c>: opens them, marks their connections and says where they are.</summary>
internal sealed class DoorList(IConfiguration configuration)
{
    const string Section = "Kestrel:Endpoints";
    readonly List<(Door Door, string Url, ListenOptions Listener)> _open = [];

    IEnumerable<IConfigurationSection> Endpoints => configuration.GetSection(Section).GetChildren();

    /// <summary>What is wrong in the settings of the doors, each named by its key.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (!Endpoints.Any())
            yield return $"{Section}: at least one door is required, for example {Section}:Public:Url=http://localhost:8080";
        foreach (var endpoint in Endpoints)
        {
            if (DoorOf(endpoint) is null)
                yield return $"{endpoint.Path}: not a door; the doors are {string.Join(", ", Enum.GetNames<Door>())}";
            if (AddressOf(endpoint) is null)
                yield return $"{endpoint.Path}:Url: '{endpoint["Url"]}' is not an address like http://localhost:8080";
        }
    }

    public void Listen(KestrelServerOptions kestrel, Func<ConnectionBudget> budget)
    {
        var loader = kestrel.Configure(configuration.GetSection("Kestrel"), reloadOnChange: false);
        foreach (var endpoint in Endpoints)
        {
            if (DoorOf(endpoint) is not { } door || endpoint["Url"] is not { } url)
                continue; // Told by Mistakes before anything listens.
            var feature = new DoorFeature(door);
            loader.Endpoint(endpoint.Key, listening =>
            {
                listening.ListenOptions.Use(next => connection =>
                {
                    connection.Features.Set(feature);
                    return budget().RunAsync(connection, door, !listening.IsHttps, next);
                });
                _open.Add((door, url, listening.ListenOptions));
            });
        }
    }

    /// <summary>The base address of a door as configured, for a process that asks itself; null when there is no such door.</summary>
    public Uri? Address(Door door) =>
        AddressOf(configuration.GetSection($"{Section}:{door}")) is { } address ? new Uri(Reachable(address, address.Port)) : null;

    /// <summary>The doors that are open, with the ports that were bound.</summary>
    public IEnumerable<(Door Door, Uri Address)> Open() => _open.Select(open =>
    {
        var address = BindingAddress.Parse(open.Url);
        return (open.Door, new Uri(Reachable(address, open.Listener.IPEndPoint?.Port ?? address.Port)));
    });

    /// <summary>The line for an address that cannot be had, or null when the failure was another.</summary>
    public string? Explain(IOException failure)
    {
        if (failure.InnerException is not AddressInUseException)
            return null;
        var taken = _open.Where(open => failure.Message.Contains(
            string.Create(CultureInfo.InvariantCulture, $":{BindingAddress.Parse(open.Url).Port}:"), StringComparison.Ordinal));
        return $"{string.Join(", ", taken.Select(open => $"{Section}:{open.Door}:Url").DefaultIfEmpty(Section))}: {failure.Message}";
    }

    // By name only: the parser would take a number too.
    static Door? DoorOf(IConfigurationSection endpoint) =>
        char.IsAsciiLetter(endpoint.Key[0]) && Enum.TryParse<Door>(endpoint.Key, ignoreCase: true, out var door) ? door : null;

    static BindingAddress? AddressOf(IConfigurationSection endpoint)
    {
        try
        {
            return endpoint["Url"] is { } url ? BindingAddress.Parse(url) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // An address that can be opened from this machine also when the door listens on all of them.
    static string Reachable(BindingAddress address, int port)
    {
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return string.Create(CultureInfo.InvariantCulture, $"{address.Scheme}://{host}:{port}");
    }
}
