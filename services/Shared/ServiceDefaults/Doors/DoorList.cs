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

    public void Open(KestrelServerOptions kestrel)
    {
        var loader = kestrel.Configure(configuration.GetSection("Kestrel"), reloadOnChange: false);
        foreach (var endpoint in configuration.GetSection(Section).GetChildren())
        {
            // A number would parse too; only the names are doors.
            if (!Enum.TryParse<Door>(endpoint.Key, ignoreCase: true, out var door) || !char.IsAsciiLetter(endpoint.Key[0]))
                throw new StartupException($"{endpoint.Path}: not a door; the doors are {string.Join(", ", Enum.GetNames<Door>())}");
            var url = endpoint["Url"] ?? throw new StartupException($"{endpoint.Path}:Url: required, for example http://localhost:8080");
            CheckUrl(endpoint.Path, url);
            var feature = new DoorFeature(door);
            loader.Endpoint(endpoint.Key, listening =>
            {
                listening.ListenOptions.Use(next => connection =>
                {
                    connection.Features.Set(feature);
                    return next(connection);
                });
                _open.Add((door, url, listening.ListenOptions));
            });
        }

        if (!configuration.GetSection(Section).GetChildren().Any())
            throw new StartupException($"{Section}: at least one door is required, for example {Section}:Public:Url=http://localhost:8080");
    }

    /// <summary>The base address of a door as configured, for a process that asks itself; null when there is no such door.</summary>
    public Uri? Address(Door door) =>
        configuration[$"{Section}:{door}:Url"] is { } url ? new Uri(Reachable(BindingAddress.Parse(url))) : null;

    /// <summary>One line per open door, with the port that was bound.</summary>
    public IEnumerable<string> Announcements() => _open.Select(open =>
    {
        var address = BindingAddress.Parse(open.Url);
        var port = open.Listener.IPEndPoint?.Port ?? address.Port;
        return $"{open.Door} {Reachable(address, port)}";
    });

    /// <summary>The line for a port that is taken, or null when the failure was another.</summary>
    public string? Explain(IOException failure) => failure.InnerException is AddressInUseException
        ? string.Join(", ", _open.Where(open => failure.Message.Contains(
                $":{BindingAddress.Parse(open.Url).Port.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal))
            .Select(open => $"{Section}:{open.Door}:Url")) + $": {failure.Message}"
        : null;

    static void CheckUrl(string path, string url)
    {
        try
        {
            BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new StartupException($"{path}:Url: '{url}' is not an address like http://localhost:8080");
        }
    }

    // An address that can be opened from this machine also when the door listens on all of them.
    static string Reachable(BindingAddress address, int? port = null)
    {
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return string.Create(CultureInfo.InvariantCulture, $"{address.Scheme}://{host}:{port ?? address.Port}");
    }
}
