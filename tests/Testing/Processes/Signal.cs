namespace PortalServices.Testing.Processes;

/// <summary>The signals that the tests send, by their numbers on Linux.</summary>
public enum Signal
{
    /// <summary>Ends at once, without a word.</summary>
    Kill = 9,

    /// <summary>Asks to end: the service drains.</summary>
    Terminate = 15,

    /// <summary>Lets a stopped process go on.</summary>
    Continue = 18,

    /// <summary>Stops a process where it is; its sockets stay open.</summary>
    Stop = 19,
}
