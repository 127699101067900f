using PortalServices.Counting.Http;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.ReadTraffic;

/// <summary>What is asked of traffic: the buckets that begin in a span of time.</summary>
internal sealed record TrafficSpan(
    TrafficStep Step,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<long> Buckets
)
{
    /// <summary>Most buckets in a reply.</summary>
    public const int MaxItems = 2_000;

    /// <summary>The span, or what is wrong with it; with the fact that helps.</summary>
    public static (TrafficSpan? Span, ProblemCode? Problem, string? Detail) Read(
        SiteCalendar calendar,
        SiteTimeline timeline,
        DateTimeOffset now,
        string? fromText,
        string? toText,
        string? stepText
    )
    {
        if (TrafficSteps.Parse(stepText) is not { } step)
        {
            return (null, CountingProblems.InvalidStep, null);
        }

        if (!Instant.TryParse(fromText, out var from))
        {
            return (null, CountingProblems.InvalidInstant, "from");
        }

        if (!Instant.TryParse(toText, out var to))
        {
            return (null, CountingProblems.InvalidInstant, "to");
        }

        if (from > to)
        {
            return (null, CountingProblems.InvalidSpan, null);
        }

        var kept = step.KeptSince(calendar, SiteCalendar.MinuteOf(now));
        if (from < At(kept))
        {
            return (
                null,
                CountingProblems.SpanNotKept,
                At(kept).ToString("yyyy-MM-dd'T'HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture)
            );
        }

        // A bucket begins with a whole minute: at or after an instant is in or after the first whole minute from it on.
        var buckets = timeline.Buckets(step, WholeMinute(from), WholeMinute(to), MaxItems);
        return buckets.Count > MaxItems
            ? (null, CountingProblems.TooManyItems, null)
            : (new TrafficSpan(step, from, to, buckets), null, null);
    }

    /// <summary>When a bucket begins.</summary>
    public static DateTimeOffset At(long bucket) => DateTimeOffset.UnixEpoch.AddMinutes(bucket);

    private static long WholeMinute(DateTimeOffset instant) =>
        SiteCalendar.MinuteOf(instant.AddTicks(TimeSpan.TicksPerMinute - 1));
}
