namespace PortalServices.Counting.Model;

/// <summary>
/// A zone's clock in whole minutes: instants are unix minutes (UTC), local times are minutes since 1970-01-01 on the
/// wall. The seconds that zones had in their offsets before standard time are left out.
/// </summary>
internal sealed class SiteClock(TimeZoneInfo zone)
{
    public const int MinutesPerDay = 24 * 60;

    // The wall never differs more from UTC, so a local time lies within this of the instant of the same name.
    private const int FurthestOffset = 16 * 60;

    public long Offset(long instant) =>
        zone.GetUtcOffset(new DateTime(ToTicks(instant), DateTimeKind.Utc)).Ticks / TimeSpan.TicksPerMinute;

    public long Local(long instant) => instant + Offset(instant);

    /// <summary>The number of the date on the wall, in days since 1970-01-01.</summary>
    public long Date(long instant) => FloorDiv(Local(instant), MinutesPerDay);

    /// <summary>
    /// The first instant at which the wall shows a local time or a later one: where the clock is put forward over it,
    /// the instant of the change; where it comes twice, the first.
    /// </summary>
    public long FirstAt(long local)
    {
        long from = local - FurthestOffset,
            to = local + FurthestOffset;
        long before = Offset(from),
            after = Offset(to);
        if (before == after)
        {
            return local - before;
        }
        var change = FirstWithAnotherOffset(from, to);
        return local - before < change ? local - before : Math.Max(change, local - after);
    }

    /// <summary>
    /// The instant in (from, to] at which the offset changes; the two ends must differ in it, and zones never change
    /// twice so soon.
    /// </summary>
    public long FirstWithAnotherOffset(long from, long to)
    {
        var before = Offset(from);
        while (to - from > 1)
        {
            var middle = from + ((to - from) / 2);
            if (Offset(middle) == before)
            {
                from = middle;
            }
            else
            {
                to = middle;
            }
        }

        return to;
    }

    public static long FloorDiv(long value, long by) => (value - FloorMod(value, by)) / by;

    public static long FloorMod(long value, long by) => ((value % by) + by) % by;

    private static long ToTicks(long instant) => DateTime.UnixEpoch.Ticks + (instant * TimeSpan.TicksPerMinute);
}
