namespace PortalServices.Counting.Model;

/// <summary>The size of the buckets that traffic is told in.</summary>
internal enum TrafficStep
{
    Minute,
    Hour,
    Day,
}

internal static class TrafficSteps
{
    /// <summary>How long minutes and hours are kept, in whole site days before the running one.</summary>
    public const int DaysOfMinutes = 3,
        DaysOfHours = 400;

    /// <summary>Reads <c>minute</c>, <c>hour</c> or <c>day</c>; null for another word.</summary>
    public static TrafficStep? Parse(string? text) =>
        text switch
        {
            "minute" => TrafficStep.Minute,
            "hour" => TrafficStep.Hour,
            "day" => TrafficStep.Day,
            _ => null,
        };

    /// <summary>The start of the first bucket that is kept at a moment, in unix minutes.</summary>
    public static long KeptSince(this TrafficStep step, SiteCalendar calendar, long now) =>
        step switch
        {
            TrafficStep.Minute => DaysBefore(calendar, now, DaysOfMinutes),
            TrafficStep.Hour => DaysBefore(calendar, now, DaysOfHours),
            _ => 0,
        };

    /// <summary>The bucket of an instant, in unix minutes.</summary>
    public static long BucketOf(this TrafficStep step, SiteCalendar calendar, long minute) =>
        step switch
        {
            TrafficStep.Minute => minute,
            TrafficStep.Hour => calendar.Of(minute).Hour,
            _ => calendar.Of(minute).Day,
        };

    /// <summary>The bucket that follows one.</summary>
    public static long Next(this TrafficStep step, SiteCalendar calendar, long bucket) =>
        step switch
        {
            TrafficStep.Minute => bucket + 1,
            TrafficStep.Hour => calendar.NextHour(bucket),
            _ => calendar.NextDay(bucket),
        };

    private static long DaysBefore(SiteCalendar calendar, long now, int days) =>
        calendar.DayOf(calendar.DateOf(now).AddDays(-days));
}
