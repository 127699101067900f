using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>
/// <c>GET store-loss</c> and <c>POST store-loss/acknowledge</c>: whether the store lost acknowledged views, and that an
/// operator has seen it.
/// </summary>
internal static class StoreLossEndpoints
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    public static void MapStoreLoss(this IEndpointRouteBuilder site)
    {
        site.MapRead("/store-loss", ReadAsync)
            .Describe(
                "readStoreLoss",
                "Reads whether the store lost views that it had acknowledged.",
                "A loss stays until an operator acknowledges it; then the last one is reported with who did."
            )
            .Answers<StoreLossReply>("What was expected, and what was found.")
            .AnswersTag(NumbersTag.Header);
        site.MapPost("/store-loss/acknowledge", AcknowledgeAsync)
            .Describe(
                "acknowledgeStoreLoss",
                "Acknowledges that the store lost views: `storeLoss` is reported no more."
            )
            .TakesBody<AcknowledgeRequest>()
            .Answers<StoreLossReply>("Acknowledged, now or before.", headers: NumbersTag.Header)
            .Fails(CountingProblems.InvalidReason, CountingProblems.NoStoreLoss, CountingProblems.AuditFull);
    }

    private static async Task<IResult> ReadAsync(
        string site,
        SiteList sites,
        StoreConnection store,
        ViewLedger ledger,
        StoreLosses losses
    )
    {
        if (!sites.TryGet(site, out _))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        try
        {
            return await ReplyAsync(site, store, ledger, losses);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return StoreFailure.Reply();
        }
    }

    private static async Task<IResult> AcknowledgeAsync(
        string site,
        HttpContext context,
        SiteList sites,
        StoreConnection store,
        ViewLedger ledger,
        StoreLosses losses,
        TimeProvider time,
        IOptions<CountingOptions> options
    )
    {
        if (!sites.TryGet(site, out _))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        var (request, problem) = await OperatorBody.ReadAsync(
            context.Request,
            StoreLossJson.Readable.AcknowledgeRequest
        );
        if (request is null)
        {
            return problem!;
        }

        if (!AuditEntry.IsReason(request.Reason))
        {
            return Problem.Of(CountingProblems.InvalidReason);
        }

        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                var outcome = await store.WithProcessAsync(
                    CountingKeys.Ledger(site),
                    process =>
                        AcknowledgeOnceAsync(process, ledger, site, request.Reason!, context.Operator()!.Name, time)
                );
                return outcome switch
                {
                    LossAcknowledgement.None => Problem.Of(CountingProblems.NoStoreLoss),
                    LossAcknowledgement.Full => Problem.Of(CountingProblems.AuditFull),
                    _ => await ReplyAsync(site, store, ledger, losses),
                };
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                // Whether it is in or not: to acknowledge it again changes nothing.
                if (time.GetElapsedTime(started) >= options.Value.AnswerWithin)
                {
                    return StoreFailure.Reply();
                }

                await Task.Delay(BetweenTries, time);
            }
        }
    }

    private static async Task<LossAcknowledgement> AcknowledgeOnceAsync(
        StoreProcess process,
        ViewLedger ledger,
        string site,
        string reason,
        string who,
        TimeProvider time
    )
    {
        var (loss, _) = await ledger.ReadLossAsync(process, site);
        var entry = new AuditEntry
        {
            Kind = "storeLoss",
            Id = (loss?.NotedAt ?? default).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            Reason = reason,
            Who = who,
            At = time.GetUtcNow().UtcDateTime,
        };
        return (await ledger.AcknowledgeLossAsync(process, site, entry)).Outcome;
    }

    private static async Task<IResult> ReplyAsync(
        string site,
        StoreConnection store,
        ViewLedger ledger,
        StoreLosses losses
    )
    {
        var (loss, acknowledgement) = await store.WithProcessAsync(
            CountingKeys.Ledger(site),
            async process =>
            {
                var (open, number) = await ledger.ReadLossAsync(process, site);
                return open is null && number > 0
                    ? (
                        open,
                        AuditEntry.Parse(
                            (string)(await ledger.ReadFieldsAsync(process, site, [CountingKeys.AuditField(number)]))[0]!
                        )
                    )
                    : (open, (AuditEntry?)null);
            }
        );
        await losses.SeeAsync(site, loss);
        var reply =
            loss is not null
                ? new StoreLossReply(
                    site,
                    true,
                    StateOf(loss.Expected),
                    StateOf(loss.Found),
                    loss.NotedAt.UtcDateTime,
                    null
                )
            : acknowledgement is { } entry
                ? new StoreLossReply(
                    site,
                    false,
                    entry.Expected,
                    entry.Found,
                    NotedAt(entry),
                    new LossSeen(entry.Who, entry.At, entry.Reason ?? "")
                )
            : new StoreLossReply(site, false, null, null, null, null);
        return new NumbersResult<StoreLossReply>(reply, reply, StoreLossJson.Readable.StoreLossReply);
    }

    private static AuditState StateOf(LedgerState state) => new(state.Version.Epoch, state.Version.Commit, state.Views);

    private static DateTime NotedAt(AuditEntry entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(entry.Id, CultureInfo.InvariantCulture)).UtcDateTime;
}

/// <summary>Whether the store lost views of a site that it had acknowledged.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="StoreLoss">It did, and no operator has acknowledged that yet.</param>
/// <param name="Expected">The last state that is known to have been acknowledged; of the last loss, also once it is
/// acknowledged.</param>
/// <param name="Found">What the store had instead.</param>
/// <param name="NotedAt">When that was noted.</param>
/// <param name="Acknowledged">Who acknowledged the last loss.</param>
internal sealed record StoreLossReply(
    string Site,
    bool StoreLoss,
    AuditState? Expected,
    AuditState? Found,
    DateTime? NotedAt,
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

[JsonSerializable(typeof(StoreLossReply))]
[JsonSerializable(typeof(AcknowledgeRequest))]
internal sealed partial class StoreLossJson : JsonSerializerContext
{
    public static StoreLossJson Readable { get; } = new(CountingJson.Options());
}
