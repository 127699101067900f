namespace PortalServices.Frames.Calling;

/// <summary>Whether a request was taken to be sent.</summary>
public enum FrameAdmission
{
    /// <summary>It waits for its reply.</summary>
    Sent,

    /// <summary>There is no connection that takes it now; one is being made where that may help.</summary>
    NotConnected,

    /// <summary>As much waits as may.</summary>
    Full,

    /// <summary>It fits into no frame.</summary>
    TooLarge,
}
