namespace PortalServices.Counting.Bots;

/// <summary>
/// Why a view counts among the bots. The numbers and <see cref="BotReasons.StoredName"/> are kept in the store and
/// never change.
/// </summary>
internal enum BotReason
{
    /// <summary>Not a bot, as far as its user agent says.</summary>
    None = 0,

    /// <summary>No user agent at all; every browser sends one.</summary>
    NoUserAgent = 1,

    /// <summary>Says that it is a crawler, a monitor, or a fetcher of previews.</summary>
    DeclaredCrawler = 2,

    /// <summary>A command line tool, a programming library under its own name, or an automated browser.</summary>
    HttpTool = 3,
}

internal static class BotReasons
{
    /// <summary>Every reason for which a view is a bot's.</summary>
    public static readonly IReadOnlyList<BotReason> All =
    [
        BotReason.NoUserAgent,
        BotReason.DeclaredCrawler,
        BotReason.HttpTool,
    ];

    /// <summary>The reason as the store and the API spell it.</summary>
    public static string StoredName(this BotReason reason) =>
        reason switch
        {
            BotReason.NoUserAgent => "noUserAgent",
            BotReason.DeclaredCrawler => "declaredCrawler",
            BotReason.HttpTool => "httpTool",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not the name of a bot"),
        };
}
