namespace PortalServices.Feedback.Deadlines;

/// <summary>The time by the clock of a site.</summary>
internal static class SiteClock
{
    public static DateTimeOffset Local(this Site site, DateTimeOffset instant) =>
        TimeZoneInfo.ConvertTime(instant, site.Zone);

    public static DateOnly Today(this Site site, TimeProvider time) =>
        DateOnly.FromDateTime(site.Local(time.GetUtcNow()).DateTime);
}
