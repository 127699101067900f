using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.RecordView;
using PortalServices.ServiceDefaults;
using static PortalServices.Counting.ApiDocument.CountingFields;

namespace PortalServices.Counting.ApiDocument;

/// <summary>The routes that are open to all, as the document tells of them.</summary>
internal static class PublicOperations
{
    public const string Views = "Views",
        Numbers = "Numbers";
    private const string AtSite = "/api/sites/{site}";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("POST", $"{AtSite}/views", "recordView", "Records a page view, and answers when it is stored.")
        {
            Tag = Views,
            Description = "The fields come as JSON in the body, or in the address of a request without body.",
            Path = [ApiFields.SiteId],
            Query = [Return, Page, View, Age, Referrer],
            Body = new ApiBody(typeof(ViewRequest), Page.Required(), View, Age, Referrer)
            {
                IsOptional = true,
                IsTextToo = true,
            },
            Replies =
            [
                new(
                    200,
                    "Stored, or `counted` is false and `reason` says why; with the numbers that hold now.",
                    typeof(ViewReply)
                ),
                new(204, "The same for `return=minimal`."),
            ],
            Problems =
            [
                CommonProblems.InvalidJson,
                CountingProblems.InvalidPage,
                CountingProblems.InvalidViewId,
                CountingProblems.InvalidAge,
                CountingProblems.InvalidReferrer,
                CommonProblems.RequestTimeout,
                CountingProblems.ViewExpired,
                CommonProblems.BodyTooLarge,
                CommonProblems.UnsupportedMediaType,
                CountingProblems.TooManyWaiting,
                CountingProblems.StoreFull,
                .. RouteProblems.Public,
            ],
        },
        Read("stats", "readStats", "Reads online, views and visitors of the site, and the views of one page.") with
        {
            Query = [Page],
            Replies = Answers(
                "The numbers, all of one moment; `page` when it was asked for and is known.",
                typeof(StatsReply)
            ),
            Problems = [CountingProblems.InvalidPage, .. RouteProblems.Public],
        },
        Read("pages", "readPages", "Reads the views of several pages.") with
        {
            Query = [CountingFields.Path.Required()],
            Replies = Answers("The pages in the order asked for; zeros for one never seen.", typeof(PagesReply)),
            Problems = [CountingProblems.TooManyPaths, CountingProblems.InvalidPage, .. RouteProblems.Public],
        },
        Read("pages/query", "queryPages", "Reads the views of many pages.") with
        {
            Method = "POST",
            Body = new ApiBody(typeof(PagesQuery), Paths.Required()),
            Replies = Answers("The pages in the order asked for; zeros for one never seen.", typeof(PagesReply)),
            Problems =
            [
                CommonProblems.InvalidJson,
                CountingProblems.TooManyPaths,
                CountingProblems.InvalidPage,
                CommonProblems.RequestTimeout,
                CommonProblems.BodyTooLarge,
                CommonProblems.UnsupportedMediaType,
                .. RouteProblems.Public,
            ],
        },
        Read("pages/top", "readTopPages", "Reads the most viewed pages of a period.") with
        {
            Query = [Period, Limit],
            Replies = Answers(
                "The pages with views in the period, the most first; equal ones by path.",
                typeof(TopPagesReply)
            ),
            Problems = [CountingProblems.InvalidPeriod, CountingProblems.InvalidLimit, .. RouteProblems.Public],
        },
        Read("traffic", "readTraffic", "Reads counted views by minute, hour or day of the site.") with
        {
            Description =
                $"At most {TrafficSpan.MaxItems} items. Minutes are kept for the running day of the site and the {TrafficSteps.DaysOfMinutes} before it, "
                + $"hours for the running day and {TrafficSteps.DaysOfHours} before it, days for ever.",
            Query = [From.Required(), To.Required(), Step.Required()],
            Replies = Answers(
                "Every bucket that begins in the span, in order, also those without a view.",
                typeof(TrafficReply)
            ),
            Problems =
            [
                CountingProblems.InvalidStep,
                CountingProblems.InvalidInstant,
                CountingProblems.InvalidSpan,
                CountingProblems.SpanNotKept,
                CountingProblems.TooManyItems,
                .. RouteProblems.Public,
            ],
        },
    ];

    /// <summary>The answers of a route for reading.</summary>
    public static ApiReply[] Answers(string description, Type type) =>
        [
            new(200, description, type) { Headers = [ETag] },
            new(304, "The numbers are those that the caller holds.") { Headers = [ETag] },
        ];

    private static ApiOperation Read(string route, string id, string summary) =>
        new("GET", $"{AtSite}/{route}", id, summary)
        {
            Tag = Numbers,
            Path = [ApiFields.SiteId],
            Headers = [IfNoneMatch],
            Replies = [],
            Problems = [],
        };
}
