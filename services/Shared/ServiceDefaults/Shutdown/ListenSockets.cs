using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace PortalServices.ServiceDefaults.Shutdown;

/// <summary>
/// The sockets that this process listens at. To close one resets the connections that the kernel has accepted for it,
/// with the requests that lie in them; so before that it takes no more of them, and those that it has are taken over.
/// </summary>
internal sealed class ListenSockets
{
    // socket(7) and linux/filter.h: of the segments that arrive at the socket, those that open a connection (SYN
    // without ACK, byte 13 of the TCP header) are dropped. A client sends its SYN again a second later, and is refused
    // or finds the next process.
    private const int SocketLevel = 1,
        AttachFilter = 26;
    private static readonly (ushort Code, byte True, byte False, uint Value)[] NoSyn =
    [
        (0x30, 0, 0, 13),
        (0x54, 0, 0, 0x12),
        (0x15, 0, 1, 0x02),
        (0x06, 0, 0, 0),
        (0x06, 0, 0, uint.MaxValue),
    ];

    private readonly ConcurrentBag<Socket> _sockets = [];

    /// <summary>Binds a socket, as the server does by itself.</summary>
    public Socket Bind(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>
    /// No new connection reaches the sockets. Elsewhere than on Linux they are open until they are closed.
    /// </summary>
    public void TakeNoMore()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        var code = MemoryMarshal.AsBytes(NoSyn.Select(Instruction).ToArray().AsSpan());
        var memory = Marshal.AllocHGlobal(code.Length);
        try
        {
            Marshal.Copy(code.ToArray(), 0, memory, code.Length);
            var program = new byte[2 * nint.Size];
            MemoryMarshal.Write(program, (ushort)NoSyn.Length);
            MemoryMarshal.Write(program.AsSpan(nint.Size), memory);
            foreach (var socket in _sockets)
            {
                Attach(socket, program);
            }
        }
        finally
        {
            // The kernel has a copy.
            Marshal.FreeHGlobal(memory);
        }
    }

    /// <summary>Whether there are connections that the server has not taken over yet.</summary>
    public bool HaveWaiting => _sockets.Any(IsReadable);

    private static ulong Instruction((ushort Code, byte True, byte False, uint Value) each) =>
        BitConverter.IsLittleEndian
            ? each.Code | ((ulong)each.True << 16) | ((ulong)each.False << 24) | ((ulong)each.Value << 32)
            : ((ulong)each.Code << 48) | ((ulong)each.True << 40) | ((ulong)each.False << 32) | each.Value;

    private static void Attach(Socket socket, byte[] program)
    {
        try
        {
            if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            {
                socket.SetRawSocketOption(SocketLevel, AttachFilter, program);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Forbidden here, or closed already: a few connections may be lost, as without this.
        }
    }

    private static bool IsReadable(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
