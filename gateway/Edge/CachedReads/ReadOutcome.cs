namespace PortalServices.Edge.CachedReads;

/// <summary>How a read was answered, as the metric names it.</summary>
internal enum ReadOutcome
{
    /// <summary>From memory.</summary>
    Cached,

    /// <summary>By a request of its own, which others may have waited for, too.</summary>
    Asked,

    /// <summary>By the request of another reader.</summary>
    Joined,

    /// <summary>With the last reply, since the service was away or slow.</summary>
    Stale,

    /// <summary>Forwarded by itself: there was no room, or its reply is not for everybody.</summary>
    Forwarded,
}
