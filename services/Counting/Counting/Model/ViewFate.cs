namespace PortalServices.Counting.Model;

/// <summary>What becomes of a view. The one vocabulary for it, from the intake to the reply and the metrics.</summary>
internal enum ViewFate
{
    Counted,

    /// <summary>A view with its id was counted before.</summary>
    Duplicate,
    Bot,

    /// <summary>Its sender does not want to be counted, and the site honours that.</summary>
    OptedOut,

    /// <summary>
    /// First sent before the ids that are still remembered: it may have been counted, so it is not counted again.
    /// </summary>
    Expired,

    /// <summary>The request is not one of a view.</summary>
    Refused,

    /// <summary>Too many views wait.</summary>
    TooManyWaiting,

    /// <summary>The store did not answer in time, or this process stood still. The view may still count.</summary>
    StoreAway,

    /// <summary>The store has no room for views of this site. The view was not sent to it.</summary>
    StoreFull,
}

internal static class ViewFates
{
    /// <summary>The fate that a letter of the ledger stands for.</summary>
    public static ViewFate OfLetter(char letter) =>
        letter switch
        {
            'c' => ViewFate.Counted,
            'd' => ViewFate.Duplicate,
            'e' => ViewFate.Expired,
            _ => throw new InvalidOperationException($"The ledger answered '{letter}' for a view."),
        };

    /// <summary>The <c>reason</c> in the reply of a view that is answered with numbers; null of a counted one.</summary>
    public static string? ReplyReason(this ViewFate fate) =>
        fate switch
        {
            ViewFate.Duplicate => "duplicate",
            ViewFate.Bot => "bot",
            ViewFate.OptedOut => "optedOut",
            _ => null,
        };
}
