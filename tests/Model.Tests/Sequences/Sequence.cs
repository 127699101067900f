using System.Globalization;
using CsCheck;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Sequences;

/// <summary>What happens to one site, from an instant on.</summary>
internal sealed record Sequence(DateTimeOffset Start, IReadOnlyList<Step> Steps)
{
    /// <summary>The same as text, one step a line.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{ClockedPortal.Instant(Start)}, {Steps.Count} steps:\n  {string.Join("\n  ", Steps)}"
        );

    /// <summary>
    /// Sequences of a zone, half of them beginning shortly before its clock changes or its year ends; the kill is
    /// somewhere in the middle.
    /// </summary>
    public static Gen<Sequence> Of(SiteZone zone, Victim? victim)
    {
        var steps = victim is { } killed
            ? Gen.Select(StepsOf(6, 20), StepGen.StrikeOf(killed), StepsOf(4, 15))
                .Select((before, strike, after) => (Step[])[.. before, strike, .. after])
            : StepsOf(8, 30);
        return Gen.Select(StartIn(zone), steps).Select((start, all) => new Sequence(start, all));
    }

    private static Gen<Step[]> StepsOf(int least, int most) =>
        StepGen.Any.Array[least, most].Select(parts => parts.SelectMany(part => part).ToArray());

    private static Gen<DateTimeOffset> StartIn(SiteZone zone)
    {
        var turns = Enumerable.Range(2026, 4).SelectMany(year => TurnsOf(zone, year)).ToArray();
        return Gen.Frequency(
            (
                1,
                Gen.Int[0, 4 * 365 * 1440]
                    .Select(minutes => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes))
            ),
            (
                1,
                Gen.Select(Gen.Int[0, turns.Length - 1], Gen.Int[1, 3 * 1440])
                    .Select((turn, minutes) => turns[turn].AddMinutes(-minutes))
            )
        );
    }

    private static IEnumerable<DateTimeOffset> TurnsOf(SiteZone zone, int year)
    {
        yield return zone.StartOf(new DateOnly(year + 1, 1, 1));
        var hours = Enumerable
            .Range(0, 365 * 24)
            .Select(hour => new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour));
        foreach (var hour in hours.Where(hour => zone.OffsetAt(hour) != zone.OffsetAt(hour.AddHours(-1))))
        {
            yield return hour;
        }
    }
}
