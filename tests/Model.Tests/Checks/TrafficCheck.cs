using System.Net;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Checks;

/// <summary>
/// Traffic by day, hour and minute. Each comparison asks for another span: one that was asked for within the last
/// second may be told as it was then, and so does every chart that begins elsewhere get its turn.
/// </summary>
internal static class TrafficCheck
{
    private const int MaxDays = 900,
        UsualDays = 60,
        SeldomIsEach = 8;

    public static Task CompareAsync(SiteRun run, Differences found)
    {
        var (model, number) = (run.Model, run.Comparisons);
        var isSeldom = number % SeldomIsEach == 0;
        var firstDay = Later(
            model.FirstDay.AddDays(-(number % 37)),
            model.Today.AddDays(-(isSeldom ? MaxDays : UsualDays) + (number % 37))
        );
        var minutesBack = model.Now.AddMinutes(-(number * 17 % 240) - 30).AddSeconds(-(number % 2 * 29));
        var kept = model.Stamps.Where(stamp => stamp >= model.MinutesKeptSince).Distinct().ToList();
        var minutesAround = kept.Count == 0 ? model.Now : kept[number % kept.Count].AddMinutes(-(number % 50));
        return Task.WhenAll(
            CompareAsync(run, found, "day", model.Zone.StartOf(firstDay), model.Now.AddSeconds(1), model.Zone.DaysFrom),
            CompareAsync(
                run,
                found,
                "hour",
                Later(model.Now.AddMinutes(-(number * 37 % 150 * 60) - 60), model.HoursKeptSince),
                model.Now.AddSeconds(1),
                model.Zone.HoursFrom
            ),
            CompareAsync(
                run,
                found,
                "minute",
                Later(minutesBack, model.MinutesKeptSince),
                model.Now.AddSeconds(1),
                SiteZone.MinutesFrom
            ),
            CompareAsync(
                run,
                found,
                "minute",
                Later(minutesAround, model.MinutesKeptSince),
                minutesAround.AddMinutes(60),
                SiteZone.MinutesFrom
            ),
            isSeldom ? RefusesAsync(run, found, "minute", model.MinutesKeptSince) : Task.CompletedTask,
            isSeldom ? RefusesAsync(run, found, "hour", model.HoursKeptSince) : Task.CompletedTask
        );
    }

    private static async Task CompareAsync(
        SiteRun run,
        Differences found,
        string step,
        DateTimeOffset from,
        DateTimeOffset to,
        Func<DateTimeOffset, IEnumerable<DateTimeOffset>> startsFrom
    )
    {
        from = new DateTimeOffset(from.Ticks - (from.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        if (
            await run.ReadAsync<Traffic>(
                found,
                $"traffic?step={step}&from={ClockedPortal.Instant(from)}&to={ClockedPortal.Instant(to)}"
            )
            is not { } traffic
        )
        {
            return;
        }
        var model = run.Model;
        var counted = model.CountedBy(at =>
            step switch
            {
                "day" => model.Zone.StartOf(model.Zone.DateOf(at)),
                "hour" => model.Zone.HourOf(at),
                _ => SiteZone.MinuteOf(at),
            }
        );
        var starts = startsFrom(from).TakeWhile(start => start < to).ToList();
        found.Compare("span", (run.Site, step, from, to), (traffic.Site, traffic.Step, traffic.From, traffic.To));
        found.Compare($"number of {step}s from {from:u} to {to:u}", starts.Count, traffic.Items.Count);
        foreach (var (start, item) in starts.Zip(traffic.Items))
        {
            var corrections = step == "day" ? model.Adjustments.CorrectionsOn(model.Zone.DateOf(start)) : (long?)null;
            found.Compare(step, new Bucket(start, counted.GetValueOrDefault(start), corrections), item);
        }
    }

    /// <summary>What is no longer kept is not told as nothing.</summary>
    private static async Task RefusesAsync(SiteRun run, Differences found, string step, DateTimeOffset keptSince)
    {
        var span =
            $"from={ClockedPortal.Instant(keptSince.AddMinutes(-1))}&to={ClockedPortal.Instant(keptSince.AddMinutes(5))}";
        if (await run.GetAsync(found, $"/api/sites/{run.Site}/traffic?step={step}&{span}") is { } reply)
        {
            found.Compare(
                $"{step}s before {keptSince:u}",
                (HttpStatusCode.BadRequest, "span_not_kept"),
                (reply.Status, reply.Code ?? "")
            );
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private sealed record Traffic(
        string Site,
        string Step,
        DateTimeOffset From,
        DateTimeOffset To,
        IReadOnlyList<Bucket> Items
    );

    private sealed record Bucket(DateTimeOffset Start, long Views, long? Corrections);
}
