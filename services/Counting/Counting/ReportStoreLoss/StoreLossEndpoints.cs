using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>
/// <c>GET store-loss</c> and <c>POST store-loss/acknowledge</c>: whether the store lost acknowledged views, and that an
/// operator has seen it.
/// </summary>
internal static class StoreLossEndpoints
{
    public static void MapStoreLoss(this IEndpointRouteBuilder site)
    {
        site.MapRead("/store-loss", ReadAsync)
            .Describe(
                "readStoreLoss",
                "Reads whether the store lost views that it had acknowledged.",
                "A loss stays until an operator acknowledges it; then the last one is reported with who did."
            )
            .Answers<StoreLossReply>("What was expected, and what was found.")
            .AnswersTag(Numbers.Tag);
        site.MapPost("/store-loss/acknowledge", AcknowledgeAsync)
            .Describe(
                "acknowledgeStoreLoss",
                "Acknowledges that the store lost views: `storeLoss` is reported no more."
            )
            .Reads<AcknowledgeRequest>()
            .Answers<StoreLossReply>("Acknowledged, now or before.", headers: Numbers.Tag)
            .Fails(CountingProblems.InvalidReason, CountingProblems.NoStoreLoss, CountingProblems.AuditFull);
    }

    private static async Task<IResult> AcknowledgeAsync(
        HttpContext context,
        ViewLedger ledger,
        StoreLosses losses,
        TimeProvider time
    )
    {
        var (site, reason) = (context.Site().Id, context.Sent<AcknowledgeRequest>().Reason);
        if (!AuditEntry.IsReason(reason))
        {
            return Problem.Of(CountingProblems.InvalidReason);
        }

        // Whether it is in or not: to acknowledge it again changes nothing.
        return await ledger.UntilClearAsync(
            site,
            async (process, _) =>
            {
                var (loss, _) = await ledger.ReadLossAsync(process, site);
                var entry = new AuditEntry
                {
                    Kind = "storeLoss",
                    Id = (loss?.NotedAt ?? default).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                    Reason = reason,
                    Who = context.Operator()!.Name,
                    At = time.GetUtcNow().UtcDateTime,
                };
                var (outcome, _) = await ledger.AcknowledgeLossAsync(process, site, entry);
                return outcome switch
                {
                    LossAcknowledgement.None => Problem.Of(CountingProblems.NoStoreLoss),
                    LossAcknowledgement.Full => Problem.Of(CountingProblems.AuditFull),
                    _ => await ReadAsync(site, ledger, losses),
                };
            }
        );
    }

    private static async Task<IResult> ReadAsync(string site, ViewLedger ledger, StoreLosses losses)
    {
        var (loss, acknowledgement) = await ledger.WithProcessAsync(
            site,
            async process =>
            {
                var (open, number) = await ledger.ReadLossAsync(process, site);
                return (
                    open,
                    open is null && number > 0
                        ? AuditEntry.Parse(await ledger.ReadFieldAsync(process, site, CountingKeys.AuditField(number)))
                        : null
                );
            }
        );
        await losses.SeeAsync(site, loss);
        return Numbers.Reply(
            (loss, acknowledgement) switch
            {
                ({ } open, _) => new StoreLossReply(
                    site,
                    true,
                    open.IsExpectedKnown ? StateOf(open.Expected) : null,
                    StateOf(open.Found),
                    open.NotedAt.UtcDateTime,
                    open.RestoredFrom?.UtcDateTime,
                    null
                ),
                (_, { } entry) => new StoreLossReply(
                    site,
                    false,
                    entry.Expected,
                    entry.Found,
                    NotedAt(entry),
                    entry.RestoredAt,
                    new LossSeen(entry.Who, entry.At, entry.Reason ?? "")
                ),
                _ => new StoreLossReply(site, false, null, null, null, null, null),
            }
        );
    }

    private static AuditState StateOf(LedgerState state) => new(state.Version.Epoch, state.Version.Commit, state.Views);

    private static DateTime NotedAt(AuditEntry entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(entry.Id, CultureInfo.InvariantCulture)).UtcDateTime;
}

/// <summary>Whether the store lost views of a site that it had acknowledged.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="StoreLoss">It did, and no operator has acknowledged that yet.</param>
/// <param name="Expected">The last state that is known to have been acknowledged; of the last loss, also once it is
/// acknowledged. None where a restore left nothing that tells.</param>
/// <param name="Found">What the store had instead.</param>
/// <param name="NotedAt">When that was noted.</param>
/// <param name="RestoredFrom">When the backup was made that the store was put back from; none for a loss that no restore
/// has told of.</param>
/// <param name="Acknowledged">Who acknowledged the last loss.</param>
internal sealed record StoreLossReply(
    string Site,
    bool StoreLoss,
    AuditState? Expected,
    AuditState? Found,
    DateTime? NotedAt,
    DateTime? RestoredFrom,
    LossSeen? Acknowledged
);

/// <summary>An operator's acknowledgement.</summary>
/// <param name="Who">Name of the operator's key.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
internal sealed record LossSeen(string Who, DateTime At, string Reason);

/// <summary>What an operator says of a loss.</summary>
/// <param name="Reason">For the audit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AcknowledgeRequest(
    [Required, MaxLength(AuditEntry.MaxReason), Example("Thử tải")] string? Reason
);
