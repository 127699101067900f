namespace PortalServices.LoadTests.Sending;

/// <summary>What came of one attempt.</summary>
internal enum Outcome
{
    /// <summary>A view, counted now.</summary>
    Counted,

    /// <summary>A view that was counted before.</summary>
    Duplicate,

    /// <summary>A view that is counted, now or before: 204.</summary>
    Acknowledged,

    /// <summary>Success of anything but a view.</summary>
    Answered,

    /// <summary>A view that is not to count: of a bot, or of somebody who opted out.</summary>
    NotCounted,

    /// <summary>410: the id is too old for the target to know it.</summary>
    Expired,

    /// <summary>429.</summary>
    Limited,

    /// <summary>Any other 3xx or 4xx.</summary>
    Refused,

    /// <summary>503 or 504.</summary>
    Unavailable,

    /// <summary>Any other 5xx.</summary>
    ServerError,

    /// <summary>No whole answer in time.</summary>
    TimedOut,

    /// <summary>The connection ended before the answer did, or the answer is not HTTP.</summary>
    Broken,

    /// <summary>There was no connection, so nothing was sent.</summary>
    NotConnected,
}

/// <summary>What an outcome means.</summary>
internal static class Outcomes
{
    /// <summary>Every outcome.</summary>
    public static readonly Outcome[] All = Enum.GetValues<Outcome>();

    /// <summary>The target says that the view is stored.</summary>
    public static bool IsAcknowledged(this Outcome outcome) =>
        outcome is Outcome.Counted or Outcome.Duplicate or Outcome.Acknowledged;

    /// <summary>As a client wanted it.</summary>
    public static bool IsSuccess(this Outcome outcome) => outcome <= Outcome.NotCounted;

    /// <summary>Whether the view counted is not known: only a repeat tells.</summary>
    public static bool IsUnknown(this Outcome outcome) =>
        outcome
            is Outcome.Unavailable
                or Outcome.ServerError
                or Outcome.TimedOut
                or Outcome.Broken
                or Outcome.Limited
                or Outcome.NotConnected;
}
