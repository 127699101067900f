using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Model;

/// <summary>
/// Who looks: a name, an address, a browser. Two of the list are one person, whose address changes within its network.
/// </summary>
internal sealed record Visitor(string Name, string Address, string UserAgent)
{
    private const string OtherBrowser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    /// <summary>Six persons; <see cref="Estimate"/> counts on their being few.</summary>
    public static readonly IReadOnlyList<Visitor> All =
    [
        new("an", "203.0.113.1", ViewCall.Browser),
        new("binh", "203.0.113.2", ViewCall.Browser),
        new("chi", "203.0.113.1", OtherBrowser),
        new("dung", "2001:db8:1:1::1", ViewCall.Browser),
        new("dung", "2001:db8:1:1:ffff::9", ViewCall.Browser),
        new("giang", "2001:db8:1:2::1", ViewCall.Browser),
        new("ha", "203.0.113.3", "M"),
    ];

    /// <summary>A visitor by any number.</summary>
    public static Visitor At(int index) => All[index % All.Count];
}

/// <summary>A program that says so, and the reason for which it is none of the visitors.</summary>
internal sealed record Bot(string Reason, string? UserAgent)
{
    /// <summary>One for each reason.</summary>
    public static readonly IReadOnlyList<Bot> All =
    [
        new("noUserAgent", null),
        new("httpTool", "curl/8.5.0"),
        new("declaredCrawler", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    ];
}
