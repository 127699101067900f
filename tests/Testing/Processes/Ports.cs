using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PortalServices.Testing.Processes;

/// <summary>
/// Ports that a server can keep over restarts. They lie below the range from which the system takes the ports of
/// outgoing connections: a client that keeps dialling a dead port inside that range ends up connected to itself and
/// holds the port.
/// </summary>
public static class Ports
{
    private const int Lowest = 10_000;
    private static readonly int Beyond = LowestOutgoingPort();
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A loopback port that nobody listens on and that this process has not given out before.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Beyond);
            if (!Given.TryAdd(port, true))
            {
                continue;
            }
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken by somebody else: try another.
            }
        }
    }

    private static int LowestOutgoingPort()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        var lowest = File.Exists(Range)
            ? int.Parse(
                File.ReadAllText(Range).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0],
                CultureInfo.InvariantCulture
            )
            : 32_768;
        return lowest > Lowest + 1_000 ? lowest : 65_536;
    }
}
