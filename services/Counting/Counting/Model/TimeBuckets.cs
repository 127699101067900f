namespace PortalServices.Counting.Model;

/// <summary>
/// Where an instant is counted: each bucket is named by the instant at which it begins by the site's clock, in unix
/// minutes (UTC).
/// </summary>
/// <param name="Minute">The minute.</param>
/// <param name="Hour">The hour; 60 minutes, fewer where the clock is moved within it.</param>
/// <param name="Day">The site's day.</param>
/// <param name="Week">The site's week; begins with a day.</param>
internal readonly record struct TimeBuckets(long Minute, long Hour, long Day, long Week);
