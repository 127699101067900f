using System.Net.Sockets;

namespace PortalServices.Frames.Calling;

/// <summary>One connection to a service, for as long as it lasts. Guarded by its peer.</summary>
internal sealed class FrameConnectionState(Socket socket, long now) : IDisposable
{
    public Socket Socket => socket;

    /// <summary>When something came from the other side.</summary>
    public long HeardAt { get; set; } = now;

    /// <summary>When it was asked whether it lives.</summary>
    public long? PingedAt { get; set; }

    /// <summary>It takes no more requests.</summary>
    public bool IsClosing { get; set; }

    public ITimer? Sweep { get; set; }

    public void Dispose()
    {
        Sweep?.Dispose();
        socket.Dispose();
    }
}
