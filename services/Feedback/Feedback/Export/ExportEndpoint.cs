using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Deadlines;

namespace PortalServices.Feedback.Export;

/// <summary>
/// <c>GET feedback.csv</c> at the operators' door: what the list shows for the same filters, all of it, row by row as
/// the database gives it.
/// </summary>
internal static class ExportEndpoint
{
    private const int RowsBetweenFlushes = 200;

    /// <summary>The columns, with what a cell shows of feedback and how it writes an instant.</summary>
    private static readonly (string Name, Func<OperatorFeedback, Func<DateTime?, string?>, string?> CellOf)[] Columns =
    [
        ("receipt", (shown, _) => shown.Receipt),
        ("status", (shown, _) => JsonNamingPolicy.CamelCase.ConvertName(shown.Status.ToString())),
        ("receivedAt", (shown, at) => at(shown.ReceivedAt)),
        ("dueBy", (shown, _) => shown.DueBy.ToString("O", CultureInfo.InvariantCulture)),
        ("overdue", (shown, _) => shown.Overdue ? "true" : "false"),
        ("assignedTo", (shown, _) => shown.AssignedTo),
        ("fullName", (shown, _) => shown.FullName),
        ("email", (shown, _) => shown.Email),
        ("phone", (shown, _) => shown.Phone),
        ("page", (shown, _) => shown.Page),
        ("title", (shown, _) => shown.Title),
        ("content", (shown, _) => shown.Content),
        ("answer", (shown, _) => shown.Answer),
        ("answeredAt", (shown, at) => at(shown.AnsweredAt)),
        ("declineReason", (shown, _) => shown.DeclineReason),
        ("publishedAt", (shown, at) => at(shown.PublishedAt)),
        ("erasedAt", (shown, at) => at(shown.ErasedAt)),
        // At the end: the columns of earlier versions keep their places.
        ("category", (shown, _) => shown.Category),
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

    private static async Task<IResult> ExportAsync(HttpContext context, FeedbackContext database, TimeProvider time)
    {
        var (list, problem) = FeedbackList.Read(context.Request, database, time);
        if (list is null)
        {
            return problem!;
        }
        var site = context.Site();
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            var now = time.GetUtcNow();
            database.Add(
                new FeedbackStep
                {
                    Id = Guid.CreateVersion7(now),
                    Site = site.Id,
                    At = now.ToUnixTimeMilliseconds(),
                    By = FeedbackWorkflow.Name(context),
                    Kind = StepKind.Exported,
                    Text = Filters(context.Request.Query),
                }
            );
            await database.SaveChangesAsync(context.RequestAborted);
        }
        return new Csv(list.Entries, site, site.Today(time));
    }

    /// <summary>
    /// The filters, for the audit. A search, or a name that was assigned to, may be of somebody whom erasing would not
    /// find here: of them stands only that there was one.
    /// </summary>
    private static string? Filters(IQueryCollection query)
    {
        var told = query
            .Where(each =>
                each.Key is "status" or "overdue" or "sort" or "category" && each.Value.ToString().Length > 0
            )
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

    private sealed class Csv(IQueryable<FeedbackEntry> entries, Site site, DateOnly today) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = $"attachment; filename=\"feedback-{site.Id}-{today:yyyy-MM-dd}.csv\"";
            response.Headers.CacheControl = "no-store";
            if (HttpMethods.IsHead(httpContext.Request.Method))
            {
                return;
            }
            await using var table = new CsvTable(response.Body);
            await table.WriteRowAsync(Columns.Select(column => column.Name));
            var rows = 0;
            await foreach (var entry in entries.AsAsyncEnumerable().WithCancellation(httpContext.RequestAborted))
            {
                var shown = OperatorFeedback.Of(entry, today);
                await table.WriteRowAsync(Columns.Select(column => column.CellOf(shown, At)));
                if (++rows % RowsBetweenFlushes == 0)
                {
                    await table.FlushAsync();
                }
            }
        }

        private string? At(DateTime? utc) =>
            utc is { } instant
                ? site.Local(new DateTimeOffset(instant)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
                : null;
    }
}
