using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace PortalServices.Testing.Portal;

/// <summary>What a client does once it has sent what it sends.</summary>
public enum Leaving
{
    /// <summary>It reads the reply to its end.</summary>
    WhenAnswered,

    /// <summary>It says that it sends no more, and reads the reply to its end.</summary>
    AfterTheLastByte,

    /// <summary>It closes its connection.</summary>
    ByClosing,

    /// <summary>It breaks its connection off.</summary>
    ByReset,
}

/// <summary>A reply as it came.</summary>
/// <param name="Status">0 when there was none.</param>
/// <param name="Code">The problem's code, if it is one.</param>
/// <param name="Text">All of it; of several replies all.</param>
public sealed record RawReply(int Status, string? Code, string Text);

/// <summary>A client that sends bytes as they are, on a connection of their own.</summary>
public static partial class RawClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends bytes and leaves.</summary>
    /// <param name="door">Where to.</param>
    /// <param name="parts">Each is sent when the server has read the one before.</param>
    /// <param name="leaving">How.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <param name="from">The loopback address that it comes from.</param>
    public static async Task<RawReply> SendAsync(
        Uri door,
        IReadOnlyList<byte[]> parts,
        Leaving leaving,
        CancellationToken cancel,
        IPAddress? from = null
    )
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
        await socket.ConnectAsync(IPAddress.Loopback, door.Port, cancel);
        var own = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var text = "";
        try
        {
            for (var part = 0; part < parts.Count; part++)
            {
                if (part > 0)
                {
                    await ReadByServerAsync(door.Port, own, cancel);
                }
                await socket.SendAsync(parts[part], cancel);
            }

            if (leaving is Leaving.ByClosing or Leaving.ByReset)
            {
                await ReadByServerAsync(door.Port, own, cancel);
                socket.LingerState = new LingerOption(leaving == Leaving.ByReset, 0);
                return new RawReply(0, null, "");
            }

            if (leaving == Leaving.AfterTheLastByte)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(Patience);
            var buffer = new byte[16 * 1024];
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var read)
            {
                text += Encoding.Latin1.GetString(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            // The server has cut it off; what came before counts.
        }

        return new RawReply(
            StatusLine().Match(text) is { Success: true } line
                ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                : 0,
            ProblemCode().Match(text) is { Success: true } code ? code.Groups[1].Value : null,
            text
        );
    }

    /// <summary>
    /// The receive queue of the server's end of a connection is empty, as the kernel tells it: "sl local remote st
    /// tx:rx …", in hexadecimal.
    /// </summary>
    private static Task ReadByServerAsync(int server, int client, CancellationToken cancel) =>
        Eventually.HoldsAsync(
            () =>
                !new[] { "/proc/net/tcp", "/proc/net/tcp6" }
                    .SelectMany(File.ReadLines)
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Any(parts =>
                        parts[1].EndsWith($":{server:X4}", StringComparison.Ordinal)
                        && parts[2].EndsWith($":{client:X4}", StringComparison.Ordinal)
                        && !parts[4].EndsWith(":00000000", StringComparison.Ordinal)
                    ),
            "the server has read it",
            cancel
        );

    // An interim reply is none yet.
    [GeneratedRegex("^(?:HTTP/1.1 1[0-9][0-9] .*?\r\n\r\n)*HTTP/1.1 ([0-9]{3}) ", RegexOptions.Singleline)]
    private static partial Regex StatusLine();

    [GeneratedRegex("\"code\":\"([a-z_]+)\"")]
    private static partial Regex ProblemCode();
}
