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

    /// <summary>What the site makes of a request's wish.</summary>
    public static OptOutOutcome Decide(IHeaderDictionary headers, VisitorPrivacy privacy)
    {
        if (privacy == VisitorPrivacy.Ignore || !(Asks(headers[GlobalPrivacyControl]) || Asks(headers[DoNotTrack])))
        {
            return OptOutOutcome.CountWithVisitor;
        }
        return privacy == VisitorPrivacy.Drop ? OptOutOutcome.Drop : OptOutOutcome.CountViewOnly;
    }

    /// <summary>Exactly "1" asks; a header sent twice asks when one of its values does.</summary>
    private static bool Asks(StringValues header)
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
