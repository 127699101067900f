using PortalServices.Frames.Format;

namespace PortalServices.Frames.Calling;

/// <summary>The bounds of one connection, and its times.</summary>
public sealed record FrameLimits
{
    /// <summary>The largest body of a request, in bytes.</summary>
    public const int MaxBodyBytes = FrameFormat.MaxBodyBytes;

    /// <summary>Most requests that wait for their reply.</summary>
    public int MaxInFlight { get; init; } = 16_384;

    /// <summary>Most bytes that wait to be sent.</summary>
    public int MaxPendingBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long the other side may take to accept a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the other side is asked whether it lives.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may come from it, though it was asked.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long until a service is asked again that does not know this version of frames.</summary>
    public TimeSpan RetryUnsupported { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The waits between attempts to connect.</summary>
    public Backoff Reconnect { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));

    /// <summary>How often those are looked for that have waited too long, or whose client has gone.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
