using PortalServices.ApiDocuments;
using PortalServices.Counting.Bots;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.RecordView;

namespace PortalServices.Counting.ApiDocument;

/// <summary>What clients of counting send, each with its bounds.</summary>
internal static class CountingFields
{
    private const string Example = "/tin-tuc?ItemID=42",
        IdPattern = "^[A-Za-z0-9_-]{16,64}$";

    public static readonly ApiField Page = new(
        "page",
        "A path, or the full address of one of the site's pages; as the site names it, at most 512 bytes.",
        ApiValue.Text(Example, least: 1)
    );

    public static readonly ApiField View = new(
        "view",
        "The client's own id of this view. Sent again with the same id, a view counts once; without one, every request is a new view.",
        ApiValue.Text("0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57", 16, 64, IdPattern)
    );

    public static readonly ApiField Age = new(
        "age",
        "How many milliseconds ago the client first sent this view.",
        ApiValue.WholeNumber(0, least: 0, otherwise: 0)
    );

    public static readonly ApiField Referrer = new(
        "referrer",
        "Where the visitor came from; plain text.",
        ApiValue.Text("https://www.example.vn/", most: ViewRequest.LongestReferrer)
    );

    public static readonly ApiField Return = new(
        "return",
        "`minimal` asks for an answer without numbers.",
        ApiValue.OneOf(["minimal"])
    );

    public static readonly ApiField Path = new(
        "path",
        "The pages, each a path or a full address.",
        ApiValue.List(ApiValue.Text(Example, least: 1), 1, ReadStatsEndpoints.MaxInAddress)
    );

    public static readonly ApiField Paths = new(
        "paths",
        "The pages, each a path or a full address.",
        ApiValue.List(ApiValue.Text(Example, least: 1), 1, ReadStatsEndpoints.MaxInBody)
    );

    public static readonly ApiField Period = new(
        "period",
        "What the pages are ranked by.",
        ApiValue.OneOf(["today", "week", "total"], otherwise: "today")
    );

    public static readonly ApiField Limit = new(
        "limit",
        "How many pages at most.",
        ApiValue.WholeNumber(10, 1, PageRanking.MaxPages, TopPagesEndpoint.LimitByDefault)
    );

    public static readonly ApiField From = new(
        "from",
        "The first instant in which a bucket may begin, with its zone.",
        ApiValue.Instant("2026-11-25T00:00:00+07:00")
    );

    public static readonly ApiField To = new(
        "to",
        "The first instant in which none does any more, with its zone.",
        ApiValue.Instant("2026-11-26T00:00:00+07:00")
    );

    public static readonly ApiField Step = new(
        "step",
        "The size of the buckets.",
        ApiValue.OneOf(["minute", "hour", "day"])
    );

    public static readonly ApiField FromDay = new(
        "from",
        $"The first date of the site; {BotsEndpoint.DaysByDefault} days before `to` when it is left out.",
        ApiValue.Date("2026-11-01")
    );

    public static readonly ApiField ToDay = new(
        "to",
        $"The date after the last, at most {BotsEndpoint.MaxDays} days later; tomorrow when it is left out.",
        ApiValue.Date("2026-12-01")
    );

    public static readonly ApiField AuditPage = new(
        "page",
        "The page of the list, the newest entries on the first.",
        ApiValue.WholeNumber(1, 1, int.MaxValue, 1)
    );

    public static readonly ApiField PageSize = new(
        "pageSize",
        "Entries on a page.",
        ApiValue.WholeNumber(20, 1, AuditEndpoint.MaxPerPage, AuditEndpoint.PerPage)
    );

    public static readonly ApiField CorrectionId = new(
        "id",
        "The correction's id.",
        ApiValue.Text("thang-11-tin-tuc-42", 16, 64, IdPattern)
    );

    public static readonly ApiField Day = new(
        "day",
        $"The site's date: today or one of the {CorrectionEndpoints.MaxDaysBack} days before.",
        ApiValue.Date("2026-11-25")
    );

    public static readonly ApiField Change = new(
        "change",
        "Views to add, below zero to take away; not 0.",
        ApiValue.WholeNumber(-3, -CorrectionEndpoints.MaxChange, CorrectionEndpoints.MaxChange)
    );

    public static readonly ApiField Reason = new(
        "reason",
        "For the audit.",
        ApiValue.Text("Thử tải", 1, AuditEntry.MaxReason)
    );

    public static readonly ApiField BaselineId = new(
        "id",
        "The baseline's id, under which it is applied once.",
        ApiValue.Text("old-counter", 1, 64, "^[A-Za-z0-9_.-]{1,64}$")
    );

    public static readonly ApiField OfPage = Page with { Description = "The page; left out for the site." };

    public static readonly ApiField Total = new(
        "total",
        "All that was counted there.",
        ApiValue.WholeNumber(18_481_240, 0, Adjustment.MaxViews)
    );

    public static readonly ApiField Week = new(
        "week",
        "The part of it that was counted in the week of `at`; at least `today`.",
        ApiValue.WholeNumber(96_101, 0, Adjustment.MaxViews, 0)
    );

    public static readonly ApiField Today = new(
        "today",
        "The part of it that was counted on the day of `at`.",
        ApiValue.WholeNumber(31_315, 0, Adjustment.MaxViews, 0)
    );

    public static readonly ApiField At = new(
        "at",
        $"When the old system stopped counting, with its zone: up to {CorrectionEndpoints.MaxDaysBack} days ago; now when it is left out.",
        ApiValue.Instant("2026-11-25T10:00:00+07:00")
    );

    public static readonly ApiField IdempotencyKey = new(
        "Idempotency-Key",
        "The correction's id, so that a request that was not answered can be sent again; one is made up when it is left out.",
        ApiValue.Text("thang-11-tin-tuc-42", 16, 64, IdPattern)
    );

    public static readonly ApiField IfNoneMatch = ApiFields.IfNoneMatch("W/\"5f0c8e9a4b570190d5f25c1e7a33b1d2\"");

    public static readonly ApiField ETag = new(
        "ETag",
        "Covers all numbers but not the instant they were taken at.",
        ApiValue.Text("W/\"0f3c\"")
    );
}
