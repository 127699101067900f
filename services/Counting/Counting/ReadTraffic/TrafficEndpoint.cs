using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.ReadTraffic;

/// <summary><c>GET traffic?from=&amp;to=&amp;step=</c>: counted views by minute, hour or day of the site.</summary>
internal static class TrafficEndpoint
{
    public static void MapTraffic(this IEndpointRouteBuilder site) =>
        site.MapRead("/traffic", HandleAsync)
            .Describe(
                "readTraffic",
                "Reads counted views by minute, hour or day of the site.",
                $"At most {TrafficSpan.MaxItems} items. Minutes are kept for the running day of the site and the {TrafficSteps.DaysOfMinutes} before it, "
                    + $"hours for the running day and {TrafficSteps.DaysOfHours} before it, days for ever."
            )
            .Takes(
                new ApiField(
                    "from",
                    "The first instant in which a bucket may begin, with its zone.",
                    ApiValue.Instant("2026-11-25T00:00:00+07:00")
                ).Required(),
                new ApiField(
                    "to",
                    "The first instant in which none does any more, with its zone.",
                    ApiValue.Instant("2026-11-26T00:00:00+07:00")
                ).Required(),
                new ApiField("step", "The size of the buckets.", ApiValue.OneOf(["minute", "hour", "day"])).Required()
            )
            .Answers<TrafficReply>("Every bucket that begins in the span, in order, also those without a view.")
            .AnswersTag(Numbers.Tag)
            .Fails(
                CountingProblems.InvalidStep,
                CountingProblems.InvalidInstant,
                CountingProblems.InvalidSpan,
                CountingProblems.SpanNotKept,
                CountingProblems.TooManyItems
            );

    private static async Task<IResult> HandleAsync(
        string site,
        HttpRequest request,
        PerSite<SiteCalendar> calendars,
        PerSite<KeptTimeline> timelines,
        PerSite<TrafficReader> readers,
        TimeProvider time
    )
    {
        var query = request.Query;
        var (span, problem, detail) = TrafficSpan.Read(
            calendars.Of(site),
            await timelines.Of(site).GetAsync(),
            time.GetUtcNow(),
            query["from"],
            query["to"],
            query["step"]
        );
        if (span is null)
        {
            return Problem.Of(problem!, detail);
        }

        var items = await readers.Of(site).ReadAsync(span.Step, span.Buckets);
        return Numbers.Reply(new TrafficReply(site, query["step"]!, span.From.UtcDateTime, span.To.UtcDateTime, items));
    }
}

/// <summary>Traffic of a site.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="Step"><c>minute</c>, <c>hour</c> or <c>day</c>.</param>
/// <param name="From">The first instant in which a bucket may begin.</param>
/// <param name="To">The first instant in which none does any more.</param>
/// <param name="Items">Every bucket that begins in the span, in order, also those without a view.</param>
internal sealed record TrafficReply(
    string Site,
    string Step,
    DateTime From,
    DateTime To,
    IReadOnlyList<TrafficItem> Items
);
