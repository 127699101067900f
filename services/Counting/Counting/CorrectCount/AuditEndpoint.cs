using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.CorrectCount;

/// <summary><c>GET audit</c>: who changed what, when and why, the newest first.</summary>
internal static class AuditEndpoint
{
    private const int MaxPerPage = 100,
        PerPage = 20;

    public static void MapAudit(this IEndpointRouteBuilder site) =>
        site.MapRead("/audit", HandleAsync)
            .Describe("readAudit", "Reads who changed what, when and why, the newest first.")
            .Takes(
                new(
                    "page",
                    "The page of the list, the newest entries on the first.",
                    ApiValue.WholeNumber(1, 1, int.MaxValue, 1)
                ),
                new("pageSize", "Entries on a page.", ApiValue.WholeNumber(PerPage, 1, MaxPerPage, PerPage))
            )
            .Answers<AuditReply>("A page of the audit.")
            .AnswersTag(Numbers.Tag)
            .Fails(CountingProblems.InvalidLimit);

    private static async Task<IResult> HandleAsync(string site, HttpRequest request, ViewLedger ledger)
    {
        if (!WrittenValue.TryReadNumber(request.Query["page"], 1, int.MaxValue, out var page))
        {
            return Problem.Of(CountingProblems.InvalidLimit, detail: "page");
        }

        if (!WrittenValue.TryReadNumber(request.Query["pageSize"], PerPage, MaxPerPage, out var pageSize))
        {
            return Problem.Of(CountingProblems.InvalidLimit, detail: $"pageSize 1 / {MaxPerPage}");
        }

        return Numbers.Reply(
            await ledger.WithProcessAsync(site, process => ReadAsync(process, ledger, site, page, pageSize))
        );
    }

    private static async Task<AuditReply> ReadAsync(
        StoreProcess process,
        ViewLedger ledger,
        string site,
        int page,
        int pageSize
    )
    {
        var count = await ledger.ReadFieldsAsync(process, site, [CountingKeys.AuditEntries]);
        var total = ViewLedger.Number(count[0]);
        // Entries are never changed or removed: number and entry belong together whatever is added meanwhile.
        var newest = total - ((page - 1L) * pageSize);
        var numbers = Enumerable.Range(0, pageSize).Select(i => newest - i).Where(number => number > 0).ToArray();
        if (numbers.Length == 0)
        {
            return new AuditReply([], total, page, pageSize);
        }

        var texts = await ledger.ReadFieldsAsync(process, site, [.. numbers.Select(CountingKeys.AuditField)]);
        var entries = texts.Select(text => AuditEntry.Parse((string)text!)).ToArray();
        var marks = await ledger.ReadFieldsAsync(
            process,
            site,
            [.. entries.Select(entry => CountingKeys.AdjustmentField(KindOf(entry), entry.Id))]
        );
        var items = entries.Select(
            (entry, i) =>
                AuditItem.From(
                    numbers[i],
                    entry,
                    undone: entry.IsAdjustment
                        && entry.Kind != "undo"
                        && ((string)marks[i]!).Contains(' ', StringComparison.Ordinal)
                )
        );
        return new AuditReply([.. items], total, page, pageSize);
    }

    private static AdjustmentKind KindOf(AuditEntry entry) =>
        (entry.Of ?? entry.Kind) == "correction" ? AdjustmentKind.Correction : AdjustmentKind.Baseline;
}

/// <summary>A page of the audit.</summary>
internal sealed record AuditReply(IReadOnlyList<AuditItem> Items, long Total, int Page, int PageSize);

/// <summary>An entry of the audit.</summary>
/// <param name="Number">From 1 on, in the order of their commits.</param>
/// <param name="Kind"><c>baseline</c>, <c>correction</c>, <c>undo</c>, <c>storeLoss</c> (acknowledged) or
/// <c>visitorSecret</c> (another one accepted).</param>
/// <param name="Of">Of an undo: what was taken back, <c>baseline</c> or <c>correction</c>.</param>
/// <param name="Id">Id of the baseline or correction; of others what it is about.</param>
/// <param name="Who">Name of the operator's key, <c>seeds</c>, or the command.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="Page">The page; none for a baseline of the site.</param>
/// <param name="Day">The site's date that was corrected.</param>
/// <param name="Change">Of a correction: views added, below zero taken away.</param>
/// <param name="Total">Of a baseline: the number carried in.</param>
/// <param name="Week">Of a baseline: its part of the week.</param>
/// <param name="Today">Of a baseline: its part of the day.</param>
/// <param name="Before">What was shown before.</param>
/// <param name="After">What was shown after.</param>
/// <param name="Expected">Of a store loss: the state that was acknowledged.</param>
/// <param name="Found">Of a store loss: what the store had instead.</param>
/// <param name="RestoredFrom">Of a store loss after a restore: when the backup was made.</param>
/// <param name="Undone">It was taken back.</param>
internal sealed record AuditItem(
    long Number,
    string Kind,
    string? Of,
    string Id,
    string Who,
    DateTime At,
    string? Reason,
    string? Page,
    DateOnly? Day,
    long? Change,
    long? Total,
    long? Week,
    long? Today,
    AuditNumbers? Before,
    AuditNumbers? After,
    AuditState? Expected,
    AuditState? Found,
    DateTime? RestoredFrom,
    bool Undone
)
{
    public static AuditItem From(long number, AuditEntry entry, bool undone) =>
        new(
            number,
            entry.Kind,
            entry.Of,
            entry.Id,
            entry.Who,
            entry.At,
            entry.Reason,
            entry.Page,
            entry.Day,
            entry.Change,
            entry.Total,
            entry.Week,
            entry.Today,
            entry.Before,
            entry.After,
            entry.Expected,
            entry.Found,
            entry.RestoredAt,
            undone
        );
}
