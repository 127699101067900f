using CsCheck;

namespace PortalServices.Counting.Tests.Model;

/// <summary>Zones whose clocks do what clocks can do, and instants at which they do it.</summary>
internal static class Zones
{
    private static readonly string[] Names =
    [
        "Asia/Ho_Chi_Minh",
        "Etc/UTC",
        "Europe/Berlin",
        "Europe/Dublin",
        "America/New_York",
        "Pacific/Auckland",
        "Asia/Kathmandu",
        "Asia/Kolkata",
        "Australia/Adelaide",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Asia/Pyongyang",
        "America/Caracas",
        "America/Sao_Paulo",
        "America/Havana",
        "America/Asuncion",
        "Asia/Beirut",
        "Asia/Tehran",
        "America/St_Johns",
        "America/Goose_Bay",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Pacific/Apia",
        "Pacific/Kwajalein",
        "Pacific/Kiritimati",
        "Antarctica/Troll",
        "Antarctica/Casey",
    ];

    private static readonly long First = Minutes(new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly long Last = Minutes(new DateTimeOffset(2060, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static readonly Gen<TimeZoneInfo> Zone = Gen.Int[0, Names.Length - 1]
        .Select(i => TimeZoneInfo.FindSystemTimeZoneById(Names[i]));

    public static readonly Gen<DayOfWeek> WeekStart = Gen.Int[0, 6].Select(day => (DayOfWeek)day);

    /// <summary>
    /// A zone and an instant in unix minutes; every other one within a day and a half of a change of the zone's clock.
    /// </summary>
    public static readonly Gen<(TimeZoneInfo Zone, long Minute)> Instant = Zone.SelectMany(zone =>
    {
        var anywhere = Gen.Long[First, Last];
        var changes = Changes(zone);
        var near = Gen.Int[0, Math.Max(0, changes.Count - 1)]
            .SelectMany(i => Gen.Int[-36 * 60, 36 * 60].Select(minutes => changes[i] + minutes));
        return (changes.Count == 0 ? anywhere : Gen.OneOf(anywhere, near)).Select(minute => (zone, minute));
    });

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, IReadOnlyList<long>> Known =
        new();

    public static long Minutes(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / 60;

    /// <summary>What the wall shows at an instant.</summary>
    public static DateTime Wall(TimeZoneInfo zone, long minute) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(minute * 60), zone).DateTime;

    /// <summary>Days within which the offset changes, from 1990 to 2060.</summary>
    private static IReadOnlyList<long> Changes(TimeZoneInfo zone) =>
        Known.GetOrAdd(
            zone.Id,
            _ =>
            {
                var changes = new List<long>();
                for (var minute = First; minute < Last; minute += 24 * 60)
                {
                    if (Wall(zone, minute + (24 * 60)) - Wall(zone, minute) != TimeSpan.FromDays(1))
                    {
                        changes.Add(minute + (12 * 60));
                    }
                }

                return changes;
            }
        );
}
