namespace PortalServices.Counting.Bots;
internal enum BotReason { None, NoUserAgent, DeclaredCrawler, HttpTool }
internal static class BotDetector { public static BotReason Classify(string? a) => string.IsNullOrEmpty(a) ? BotReason.NoUserAgent : a.StartsWith("curl", StringComparison.Ordinal) ? BotReason.HttpTool : BotReason.None;
 public static string StoredName(this BotReason r) => r.ToString(); }
