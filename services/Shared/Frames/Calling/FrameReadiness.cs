namespace PortalServices.Frames.Calling;

/// <summary>What waiting for a connection has led to.</summary>
public enum FrameReadiness
{
    /// <summary>There is one.</summary>
    Connected,

    /// <summary>Nobody was there to take it, or not in time.</summary>
    Unreachable,

    /// <summary>
    /// There will be none for a while: the other side takes no frames, is about to end, or was not there just now.
    /// </summary>
    Unavailable,
}
