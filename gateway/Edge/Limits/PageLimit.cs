namespace PortalServices.Edge.Limits;

/// <summary>What a page of the portal does for its visitor.</summary>
public enum PageUse
{
    /// <summary>Shows what everybody reads; with <c>q</c> it searches.</summary>
    Read,

    /// <summary>Shows feedback by its receipt.</summary>
    ReadReceipt,

    /// <summary>Takes feedback.</summary>
    SendFeedback,

    /// <summary>Takes a rating.</summary>
    Rate,
}

/// <summary>On the routes of pages: which limits hold besides that of pages.</summary>
/// <param name="Use">What the page does.</param>
public sealed record PageLimit(PageUse Use);

/// <summary>
/// Set as a feature of a form that comes more often than its limit allows: its page takes nothing, and shows what was
/// typed again.
/// </summary>
/// <param name="Limit">The name of the limit.</param>
/// <param name="Wait">How long until there is a share again.</param>
public sealed record SpentLimit(string Limit, TimeSpan Wait);
