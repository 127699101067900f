namespace PortalServices.Sites;

/// <summary>What becomes of a view whose browser asks not to be tracked (<c>Sec-GPC</c> or <c>DNT</c>).</summary>
public enum VisitorPrivacy
{
    /// <summary>The view counts, no visitor does.</summary>
    ViewsOnly,

    /// <summary>Counted like any other.</summary>
    Ignore,

    /// <summary>Not counted at all.</summary>
    Drop,
}

/// <summary>A heading that feedback of a site can be sent under.</summary>
/// <param name="Id">Names it in requests and in the database, for ever: <c>[a-z0-9][a-z0-9-]{0,31}</c>.</param>
/// <param name="Name">For people, in Vietnamese.</param>
/// <param name="NameEn">For people, in English; null for the same.</param>
public sealed record FeedbackCategory(string Id, string Name, string? NameEn);

/// <summary>A website that the product serves, from the site file.</summary>
public sealed class Site
{
    private readonly IReadOnlyList<string> _origins = [];

    /// <summary>Names the site in addresses and in the store, for ever: <c>[a-z0-9][a-z0-9-]{0,31}</c>.</summary>
    public required string Id { get; init; }

    /// <summary>For people.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// Where the site's pages are served from, each as a browser writes it in <c>Origin</c>; empty where
    /// <see cref="AllowsAnyOrigin"/>.
    /// </summary>
    public IReadOnlyList<string> Origins
    {
        get => _origins;
        init =>
            _origins = [
                .. value.Select(origin =>
                    WebOrigin.TryParse(origin, out var parsed)
                        ? parsed
                        : throw new ArgumentException($"'{origin}' is not an origin", nameof(value))
                ),
            ];
    }

    /// <summary>Whether the site's pages may be served from anywhere: a site to try things with.</summary>
    public bool AllowsAnyOrigin { get; init; }

    /// <summary>Days and weeks begin by this zone's clock.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The day a week begins with.</summary>
    public DayOfWeek FirstDayOfWeek { get; init; } = DayOfWeek.Monday;

    /// <summary>Whoever showed a page in so many minutes is online.</summary>
    public int OnlineWindowMinutes { get; init; } = 5;

    /// <summary>Query parameters that belong to a page's identity, spelt as they are kept.</summary>
    public IReadOnlyList<string> KeptQueryParameters { get; init; } = [];

    /// <summary><c>vi</c> or <c>en</c>: for clients that ask for neither.</summary>
    public string Language { get; init; } = RequestLanguage.Vietnamese;

    /// <summary>What becomes of views of people who opt out.</summary>
    public VisitorPrivacy Privacy { get; init; } = VisitorPrivacy.ViewsOnly;

    /// <summary>The page a sender of feedback is led to; null for the built-in one.</summary>
    public string? ReceiptPage { get; init; }

    /// <summary>The headings of feedback, in their order; empty for none.</summary>
    public IReadOnlyList<FeedbackCategory> FeedbackCategories { get; init; } = [];

    /// <summary>
    /// Whether the portal has a page of statistics for visitors. The numbers themselves can be read in any case.
    /// </summary>
    public bool PublicStatistics { get; init; }

    /// <summary>
    /// Whether the site is there for load tests. Their tool writes to no other one unless it is told to: what it writes
    /// stays in the ledger.
    /// </summary>
    public bool LoadTest { get; init; }

    /// <summary>
    /// Whether an origin is neither listed for the site nor the door's own. No origin is not foreign; <c>null</c> as
    /// text, which browsers send for pages without one, is, whatever the site lists.
    /// </summary>
    /// <param name="origin">The header's value or the origin of an address; null when there is none.</param>
    /// <param name="ownOrigin">Scheme and host of the request, after trusted forwarding.</param>
    public bool IsForeign(string? origin, string ownOrigin) =>
        origin is not null
        && origin != ownOrigin
        && !_origins.Contains(origin, StringComparer.Ordinal)
        && !(
            WebOrigin.TryParse(origin, out var parsed)
            && (
                AllowsAnyOrigin
                || _origins.Contains(parsed, StringComparer.Ordinal)
                || (WebOrigin.TryParse(ownOrigin, out var own) && own == parsed)
            )
        );
}
