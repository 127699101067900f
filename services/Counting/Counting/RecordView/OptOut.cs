using Microsoft.Extensions.Primitives;

namespace PortalServices.Counting.RecordView;

/// <summary>What a view may be counted as.</summary>
internal enum OptOutOutcome
{
    CountWithVisitor,

    /// <summary>The view counts; nothing is derived from the address.</summary>
    CountViewOnly,

    /// <summary>Nothing counts; the reply says so (<c>optedOut</c>).</summary>
    Drop,
}

/// <summary>
/// People's wish not to be tracked: <c>Sec-GPC: 1</c> (Global Privacy Control) or the older <c>DNT: 1</c>.
/// </summary>
internal static class OptOut
{
    private const string GlobalPrivacyControl = "Sec-GPC";
    private const string DoNotTrack = "DNT";

    /// <summary>What a site makes of a visitor's wish.</summary>
    public static OptOutOutcome Decide(bool isAsked, VisitorPrivacy privacy)
    {
        if (privacy == VisitorPrivacy.Ignore || !isAsked)
        {
            return OptOutOutcome.CountWithVisitor;
        }
        return privacy == VisitorPrivacy.Drop ? OptOutOutcome.Drop : OptOutOutcome.CountViewOnly;
    }

    /// <summary>Whether a request has the wish.</summary>
    public static bool IsAsked(IHeaderDictionary headers) =>
        IsAsked(headers[GlobalPrivacyControl]) || IsAsked(headers[DoNotTrack]);

    /// <summary>Exactly "1" asks; a header sent twice asks when one of its values does.</summary>
    private static bool IsAsked(StringValues header)
    {
        foreach (var value in header)
        {
            if (value.AsSpan().Trim() is "1")
            {
                return true;
            }
        }

        return false;
    }
}
