using System.Globalization;
using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Storage;
using PortalServices.Feedback.Submit;

namespace PortalServices.Feedback.Export;

/// <summary>
/// <c>GET feedback.csv</c> at the operators' door: what the list shows for the same filters, all of it, row by row as
/// the database gives it.
/// </summary>
internal static class ExportEndpoint
{
    private const int RowsBetweenFlushes = 200;

    private static readonly string[] Columns =
    [
        "receipt",
        "status",
        "receivedAt",
        "dueBy",
        "overdue",
        "assignedTo",
        "fullName",
        "email",
        "phone",
        "page",
        "title",
        "content",
        "answer",
        "answeredAt",
        "declineReason",
        "publishedAt",
        "erasedAt",
    ];

    public static void MapExport(this IEndpointRouteBuilder site) =>
        site.MapRead("/feedback/export.csv", ExportAsync)
            .Describe(
                "exportFeedback",
                "Reads what the list shows for the same questions, all of it, for a spreadsheet. The export is audited."
            )
            .TakesFilters()
            .AnswersText(
                "text/csv",
                "UTF-8 with a byte order mark; no cell is a formula; instants by the site's clock.",
                new ApiField(
                    "Content-Disposition",
                    "What to call the file.",
                    ApiValue.Text("attachment; filename=\"feedback-sonla-2026-11-26.csv\"")
                )
            );

    private static async Task<IResult> ExportAsync(
        string site,
        HttpContext context,
        FeedbackContext database,
        TimeProvider time
    )
    {
        var known = context.Site();
        var (list, problem) = FeedbackList.Read(context.Request, known, database, time);
        if (list is null)
        {
            return problem!;
        }
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return new Csv(list.Entries, known, FeedbackList.Today(known, time), headersOnly: true);
        }
        var now = time.GetUtcNow();
        database.Add(
            new FeedbackStep
            {
                Id = Guid.CreateVersion7(now),
                Site = site,
                At = now.ToUnixTimeMilliseconds(),
                By = FeedbackWorkflow.Name(context),
                Kind = StepKind.Exported,
                Text = Filters(context.Request.Query),
            }
        );
        await database.SaveChangesAsync(context.RequestAborted);
        return new Csv(list.Entries, known, FeedbackList.Today(known, time), headersOnly: false);
    }

    /// <summary>
    /// The filters, for the audit. A search, or a name that was assigned to, may be of somebody whom erasing would not
    /// find here: of them stands only that there was one.
    /// </summary>
    private static string? Filters(IQueryCollection query)
    {
        var told = query
            .Where(each => each.Key is "status" or "overdue" or "sort" && each.Value.ToString().Length > 0)
            .Select(each => $"{each.Key}={each.Value}")
            .Order(StringComparer.Ordinal)
            .ToList();
        foreach (var words in (string[])["assignedTo", "q"])
        {
            if (!string.IsNullOrWhiteSpace(query[words]))
            {
                told.Insert(0, words);
            }
        }

        return told.Count == 0 ? null : string.Join(", ", told);
    }

    private sealed class Csv(IQueryable<FeedbackEntry> entries, Site site, DateOnly today, bool headersOnly) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = $"attachment; filename=\"feedback-{site.Id}-{today:yyyy-MM-dd}.csv\"";
            response.Headers.CacheControl = "no-store";
            if (headersOnly)
            {
                return;
            }
            await using var table = new CsvTable(response.Body);
            await table.WriteRowAsync(Columns);
            var rows = 0;
            await foreach (var entry in entries.AsAsyncEnumerable().WithCancellation(httpContext.RequestAborted))
            {
                await table.WriteRowAsync(CellsOf(entry));
                if (++rows % RowsBetweenFlushes == 0)
                {
                    await table.FlushAsync();
                }
            }
        }

        private IEnumerable<string?> CellsOf(FeedbackEntry entry)
        {
            var shown = HandledFeedback.Of(entry, today);
            return
            [
                shown.Receipt,
                System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(shown.Status.ToString()),
                At(shown.ReceivedAt),
                shown.DueBy.ToString("O", CultureInfo.InvariantCulture),
                shown.Overdue ? "true" : "false",
                shown.AssignedTo,
                shown.FullName,
                shown.Email,
                shown.Phone,
                shown.Page,
                shown.Title,
                shown.Content,
                shown.Answer,
                At(shown.AnsweredAt),
                shown.DeclineReason,
                At(shown.PublishedAt),
                At(shown.ErasedAt),
            ];
        }

        private string? At(DateTime? utc) =>
            utc is { } instant
                ? TimeZoneInfo
                    .ConvertTimeFromUtc(instant, site.Zone)
                    .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
                : null;
    }
}
