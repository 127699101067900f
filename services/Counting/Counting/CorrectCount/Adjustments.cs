using System.Globalization;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.CorrectCount;

/// <summary>
/// Applies adjustments and takes them back. Every one has an id under which it is applied once, so an unclear answer of
/// the store is asked for again until it is clear or the caller has waited long enough.
/// </summary>
internal sealed class Adjustments(
    ViewLedger ledger,
    PerSite<SiteCalendar> calendars,
    PerSite<SiteReader> readers,
    TimeProvider time
)
{
    /// <summary>
    /// Applies one. <see cref="AdjustmentOutcome.Present"/> when its id is taken; then <c>Taken</c> tells by what.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store is away; the adjustment may be in or not, and can be sent
    /// again under its id.</exception>
    public async Task<(AdjustmentOutcome Outcome, AuditEntry? Taken)> ApplyAsync(string site, AuditEntry entry)
    {
        var adjustment = entry.ToAdjustment(calendars.Of(site).Of(entry.At));
        var (outcome, text, repeated) = await UntilClearAsync(site, adjustment, undo: false, entry);
        if (outcome != AdjustmentOutcome.Present)
        {
            return (outcome, null);
        }

        var taken = AuditEntry.Parse(text);
        // After an unclear try the entry that is there may be this one.
        return repeated && taken.At == entry.At && taken.AsksTheSame(entry)
            ? (AdjustmentOutcome.Applied, null)
            : (outcome, taken);
    }

    /// <summary>Takes one back, as it was applied.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; it can be asked again.</exception>
    public async Task<AdjustmentOutcome> UndoAsync(
        string site,
        AdjustmentKind kind,
        string id,
        string who,
        string? reason
    )
    {
        if (await FindAsync(site, kind, id) is not { } applied)
        {
            return AdjustmentOutcome.UnknownId;
        }

        var entry = new AuditEntry
        {
            Kind = "undo",
            Of = applied.Kind,
            Id = id,
            Page = applied.Page,
            Day = applied.Day,
            Reason = reason,
            Who = who,
            At = time.GetUtcNow().UtcDateTime,
        };
        var (outcome, _, repeated) = await UntilClearAsync(
            site,
            applied.ToAdjustment(calendars.Of(site).Of(applied.At)).Opposite(),
            undo: true,
            entry
        );
        return outcome == AdjustmentOutcome.Undone && repeated ? AdjustmentOutcome.Applied : outcome;
    }

    private async Task<AuditEntry?> FindAsync(string site, AdjustmentKind kind, string id)
    {
        var mark = await ReadAsync(site, CountingKeys.AdjustmentField(kind, id));
        return mark.Split(' ')[0] is { Length: > 0 } number
            ? AuditEntry.Parse(
                await ReadAsync(site, CountingKeys.AuditField(long.Parse(number, CultureInfo.InvariantCulture)))
            )
            : null;
    }

    private Task<string> ReadAsync(string site, string field) =>
        ledger.WithProcessAsync(site, process => ledger.ReadFieldAsync(process, site, field));

    private async Task<(AdjustmentOutcome Outcome, string Text, bool Repeated)> UntilClearAsync(
        string site,
        Adjustment adjustment,
        bool undo,
        AuditEntry entry
    )
    {
        var (outcome, text, repeated) = await ledger.UntilClearAsync(
            site,
            async (process, repeated) =>
            {
                var now = calendars.Of(site).Of(time.GetUtcNow());
                var (outcome, text) = await ledger.AdjustAsync(process, site, adjustment, undo, now, entry.ToJson());
                return (outcome, text, repeated);
            }
        );
        if (outcome == AdjustmentOutcome.Applied)
        {
            // So that this process' own readers see it at once.
            await readers.Of(site).ReadNowAsync(adjustment.Path is { } path ? [path] : []);
        }
        return (outcome, text, repeated);
    }
}
