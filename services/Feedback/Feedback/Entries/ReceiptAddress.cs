namespace PortalServices.Feedback.Entries;

/// <summary>Where a sender reads what has become of their feedback.</summary>
internal static class ReceiptAddress
{
    /// <summary>The receipt's own address, from the root of the public door.</summary>
    public static string Of(Site site, string receipt) => $"/api/sites/{site.Id}/feedback/{receipt}";

    /// <summary>For people: the portal's own page, told the receipt; without one the receipt's own address.</summary>
    public static string PageOf(Site site, string receipt) =>
        site.ReceiptPage is not { } page ? Of(site, receipt)
        : page.Contains('#') ? $"{With(page[..page.IndexOf('#')], receipt)}{page[page.IndexOf('#')..]}"
        : With(page, receipt);

    private static string With(string page, string receipt) =>
        $"{page}{(page.Contains('?') ? '&' : '?')}receipt={receipt}";
}
