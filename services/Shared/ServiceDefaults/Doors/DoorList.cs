using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PortalServices.ServiceDefaults.Doors;

/// <summary>
/// The doors of this process, from <c>Kestrel:Endpoints</c>: opens them, marks their connections and says where they
/// are.
/// </summary>
internal sealed class DoorList(IConfiguration configuration) : IStartupCheck
{
    private const string Section = "Kestrel:Endpoints";
    private const string EndpointDefaults = "Kestrel:EndpointDefaults";
    private const string Protocols = "Protocols";
    private const string DefaultCertificate = "Kestrel:Certificates:Default";
    private readonly List<(Door Door, DoorAddress Address, ListenOptions Listener)> _open = [];

    private IEnumerable<IConfigurationSection> Endpoints => configuration.GetSection(Section).GetChildren();

    public ValueTask<IEnumerable<string>> FindMistakesAsync() => new(FindMistakes());

    /// <summary>What is wrong in the settings of the doors, each named by its key.</summary>
    public IEnumerable<string> FindMistakes()
    {
        if (!Endpoints.Any())
        {
            yield return $"{Section}: at least one door is required, for example {Section}:Public:Url=http://localhost:8080";
        }
        if (DoorCertificate.Mistake(configuration.GetSection(DefaultCertificate)) is { } unusable)
        {
            yield return unusable;
        }
        foreach (var endpoint in Endpoints)
        {
            if (DoorOf(endpoint) is null)
            {
                yield return $"{endpoint.Path}: not a door; the doors are {string.Join(", ", Enum.GetNames<Door>())}";
            }
            if (DoorAddress.Parse(endpoint["Url"], out var address) is { } mistake)
            {
                yield return $"{endpoint.Path}:Url: {mistake}";
            }
            else if (WhyNotBound(address!) is { } refused)
            {
                yield return $"{endpoint.Path}:Url: {endpoint["Url"]}: {refused}";
            }
            foreach (var wrong in address is null ? [] : MistakesOfTls(endpoint, address))
            {
                yield return wrong;
            }
        }
    }

    public void Listen(
        KestrelServerOptions kestrel,
        Func<ConnectionBudget> budget,
        Func<IEnumerable<IDoorProtocol>> protocols
    )
    {
        var loader = kestrel.Configure(configuration.GetSection("Kestrel"), reloadOnChange: false);
        foreach (var endpoint in Endpoints)
        {
            if (DoorOf(endpoint) is not { } door || AddressOf(endpoint) is not { } address)
            {
                // Named with all other mistakes before anything listens. The server itself would listen there.
                loader.Endpoint(
                    endpoint.Key,
                    _ => throw new StartupException($"{endpoint.Path}: not a door that can be opened")
                );
                continue;
            }

            var feature = new DoorFeature(door);
            // Over HTTP/2 a client can hold a lot of memory by requests that count as answered: streams that its window
            // blocks.
            var isHttp1 =
                door is not Door.Internal
                && endpoint[Protocols] is null
                && configuration[$"{EndpointDefaults}:{Protocols}"] is null;
            loader.Endpoint(
                endpoint.Key,
                listening =>
                {
                    if (isHttp1)
                    {
                        listening.ListenOptions.Protocols = HttpProtocols.Http1;
                    }
                    listening.ListenOptions.Use(next =>
                    {
                        // First bytes are only readable where they are not encrypted.
                        var all = listening.IsHttps
                            ? next
                            : protocols()
                                .Where(protocol => protocol.Door == door)
                                .Aggregate(next, (rest, protocol) => connection => protocol.RunAsync(connection, rest));
                        return connection =>
                        {
                            connection.Features.Set(feature);
                            return budget().RunAsync(connection, door, !listening.IsHttps, all);
                        };
                    });
                    _open.Add((door, address, listening.ListenOptions));
                }
            );
        }
    }

    /// <summary>
    /// The base address of a door as configured, for a process that asks itself; null when there is no such door.
    /// </summary>
    public Uri? Address(Door door) =>
        AddressOf(configuration.GetSection($"{Section}:{door}")) is { } address
            ? Reachable(address, address.Port)
            : null;

    /// <summary>The doors that are open, with the ports that were bound.</summary>
    public IEnumerable<(Door Door, Uri Address)> Open() =>
        _open.Select(open => (open.Door, Reachable(open.Address, open.Listener.IPEndPoint?.Port ?? open.Address.Port)));

    /// <summary>A line for each door whose address another process has; before anything is begun.</summary>
    public IEnumerable<string> FindTaken() =>
        from endpoint in Endpoints
        let address = AddressOf(endpoint)
        where address is not null && FindRefusal(address) is { SocketErrorCode: SocketError.AddressAlreadyInUse }
        select $"{endpoint.Path}:Url: {endpoint["Url"]}: another process has this address";

    /// <summary>The line for an address that cannot be had, or null when the failure was another.</summary>
    public string? Explain(Exception failure)
    {
        var isTaken = failure is IOException { InnerException: AddressInUseException };
        if (
            !isTaken
            && failure is not SocketException
            && failure is not IOException { InnerException: AggregateException }
        )
        {
            return null;
        }
        var refused = _open.Where(open =>
            isTaken
                ? failure.Message.Contains(
                    string.Create(CultureInfo.InvariantCulture, $":{open.Address.Port}:"),
                    StringComparison.Ordinal
                )
                : WhyNotBound(open.Address) is not null
        );
        return $"{string.Join(", ", refused.Select(open => $"{Section}:{open.Door}:Url").DefaultIfEmpty(Section))}: {failure.Message}";
    }

    private IEnumerable<string> MistakesOfTls(IConfigurationSection endpoint, DoorAddress address)
    {
        if (!address.IsHttps)
        {
            return DoorSettings
                .OfHttps.Where(name =>
                    endpoint.GetSection(name).AsEnumerable().Any(setting => !string.IsNullOrEmpty(setting.Value))
                )
                .Select(name => $"{endpoint.Path}:{name}: only a door whose Url begins with https:// has it");
        }

        var certificates = endpoint
            .GetSection("Sni")
            .GetChildren()
            .Select(name => name.GetSection(DoorSettings.Certificate))
            .Append(endpoint.GetSection(DoorSettings.Certificate))
            .Where(DoorCertificate.IsSet)
            .ToList();
        return certificates.Count > 0 || DoorCertificate.IsSet(configuration.GetSection(DefaultCertificate))
            ? certificates.Select(DoorCertificate.Mistake).OfType<string>()
            :
            [
                $"{endpoint.Path}:{DoorSettings.Certificate}:Path: https needs a certificate: Path and KeyPath (PEM), or Path and Password (PKCS #12)",
            ];
    }

    // Why the system would refuse the address to this process, or null. Commands run beside a process that has it.
    private static string? WhyNotBound(DoorAddress address) =>
        FindRefusal(address) is { SocketErrorCode: not SocketError.AddressAlreadyInUse } refused
            ? refused.Message
            : null;

    private static SocketException? FindRefusal(DoorAddress address)
    {
        try
        {
            using var socket = new Socket(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(address.EndPoint);
            return null;
        }
        catch (SocketException refused)
        {
            return refused;
        }
    }

    // By name only: the parser would take a number too, or several names.
    private static Door? DoorOf(IConfigurationSection endpoint) =>
        Enum.GetNames<Door>().Contains(endpoint.Key, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<Door>(endpoint.Key, ignoreCase: true)
            : null;

    private static DoorAddress? AddressOf(IConfigurationSection endpoint) =>
        DoorAddress.Parse(endpoint["Url"], out var address) is null ? address : null;

    // An address that can be opened from this machine also when the door listens on all of them.
    private static Uri Reachable(DoorAddress address, int port) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{address.Scheme}://{(address.IsAny ? "localhost" : address.Host)}:{port}"
            )
        );
}
