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
/// Set as a feature of a form: its page takes the visitor's share once it knows that the form is one of its own, so that
/// no other website uses the share up. Without a share the page takes nothing, and shows what was typed again.
/// </summary>
public sealed class FormShare
{
    private readonly Func<TimeSpan?> _take;

    internal FormShare(Func<TimeSpan?> take) => _take = take;

    /// <summary>Takes a share of the limit.</summary>
    /// <returns>How long until there is one again; null where there was one.</returns>
    public TimeSpan? Take() => _take();
}
