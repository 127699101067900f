using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Bots;

/// <summary>
/// <c>GET bots?from=&amp;to=</c>: views of bots by day of the site and reason; they are in no other number.
/// </summary>
internal static class BotsEndpoint
{
    private const int DaysByDefault = 30,
        MaxDays = 1_000;

    public static void MapBots(this IEndpointRouteBuilder site) =>
        site.MapRead("/bots", HandleAsync)
            .Describe("readBots", "Reads the views of bots by day of the site and reason; they are in no other number.")
            .Takes(
                new(
                    "from",
                    $"The first date of the site; {DaysByDefault} days before `to` when it is left out.",
                    ApiValue.Date("2026-11-01")
                ),
                new(
                    "to",
                    $"The date after the last, at most {MaxDays} days later; tomorrow when it is left out.",
                    ApiValue.Date("2026-12-01")
                )
            )
            .Answers<BotsReply>("Every day of the span, in order.")
            .AnswersTag(Numbers.Tag)
            .Fails(CountingProblems.InvalidDay, CountingProblems.InvalidSpan, CountingProblems.TooManyItems);

    private static async Task<IResult> HandleAsync(
        string site,
        HttpRequest request,
        PerSite<SiteCalendar> calendars,
        PerSite<KeptTimeline> timelines,
        ViewLedger ledger,
        TimeProvider time
    )
    {
        var tomorrow = calendars.Of(site).DateOf(SiteCalendar.MinuteOf(time.GetUtcNow())).AddDays(1);
        if (
            !TryRead(request.Query["to"], tomorrow, out var to)
            || !TryRead(request.Query["from"], to.AddDays(-DaysByDefault), out var from)
        )
        {
            return Problem.Of(CountingProblems.InvalidDay, detail: "yyyy-MM-dd");
        }

        if (from.Year < 1970)
        {
            return Problem.Of(CountingProblems.InvalidDay, detail: "1970-01-01");
        }

        if (from > to)
        {
            return Problem.Of(CountingProblems.InvalidSpan);
        }

        if (to.DayNumber - from.DayNumber > MaxDays)
        {
            return Problem.Of(CountingProblems.TooManyItems, detail: $"{to.DayNumber - from.DayNumber} / {MaxDays}");
        }

        var days = Enumerable
            .Range(from.DayNumber, to.DayNumber - from.DayNumber)
            .Select(DateOnly.FromDayNumber)
            .ToArray();
        return Numbers.Reply(new BotsReply(site, from, to, await ReadAsync(ledger, site, timelines.Of(site), days)));
    }

    private static async Task<BotDay[]> ReadAsync(ViewLedger ledger, string site, KeptTimeline kept, DateOnly[] days)
    {
        // Nothing is asked for that the store would have to answer.
        if (days.Length == 0)
        {
            return [];
        }

        var timeline = await kept.GetAsync();
        var reasons = BotReasons.All.Select(reason => reason.StoredName()).ToArray();
        // A day on which the site's calendar changed has two buckets.
        var fields = days.SelectMany(day =>
                timeline
                    .Of(day)
                    .SelectMany(buckets =>
                        reasons.Select(reason =>
                            (Day: day, Reason: reason, Name: CountingKeys.BotField(buckets.Day, reason))
                        )
                    )
            )
            .ToArray();
        var values = await ledger.ReadFieldsAsync(site, [.. fields.Select(field => field.Name)]);
        var counts = fields
            .Zip(values, (field, value) => (field.Day, field.Reason, Count: ViewLedger.Number(value)))
            .ToLookup(field => field.Day);
        return
        [
            .. days.Select(day => new BotDay(
                day,
                reasons.ToDictionary(
                    reason => reason,
                    reason => counts[day].Where(field => field.Reason == reason).Sum(field => field.Count)
                )
            )),
        ];
    }

    private static bool TryRead(string? text, DateOnly otherwise, out DateOnly day)
    {
        day = otherwise;
        return text is null || (WrittenValue.TryReadDay(text, out day) && day.Year is >= 1970 and < 9000);
    }
}

/// <summary>Views of bots.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="From">The first date of the site.</param>
/// <param name="To">The date after the last.</param>
/// <param name="Items">Every day of them, in order.</param>
internal sealed record BotsReply(string Site, DateOnly From, DateOnly To, IReadOnlyList<BotDay> Items);

/// <summary>Views of bots on a day.</summary>
/// <param name="Day">The site's date.</param>
/// <param name="Reasons">How many by reason: <c>noUserAgent</c>, <c>declaredCrawler</c>, <c>httpTool</c>.</param>
internal sealed record BotDay(DateOnly Day, IReadOnlyDictionary<string, long> Reasons);
