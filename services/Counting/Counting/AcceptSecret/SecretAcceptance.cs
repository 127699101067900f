using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.AcceptSecret;

/// <summary>
/// Takes this process' secret for that of the ledgers: nothing hashed with the one before is mixed with what comes.
/// View ids begin a new generation, weeks get new keys; who was here this week counts once more. Counting processes
/// with the secret before, should there be some, end at their next commit.
/// </summary>
internal sealed class SecretAcceptance(SiteList sites, ViewLedger ledger, VisitorStore visitors, TimeProvider time)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>A line for each site.</summary>
    /// <exception cref="StartupException">
    /// A ledger is damaged; then none is changed. Or the store is away or unsafe, or an audit is full; the sites before
    /// that one are done. It can be repeated.
    /// </exception>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        await ForEachAsync(RefuseDamageAsync);
        List<string> lines = [];
        await ForEachAsync(async (process, site) => lines.Add(await AcceptAsync(process, site)));
        return lines;
    }

    private async Task ForEachAsync(Func<StoreProcess, Site, Task> work)
    {
        foreach (var site in sites.All)
        {
            try
            {
                await ledger.WithProcessAsync(
                    site.Id,
                    async process =>
                    {
                        await work(process, site);
                        return true;
                    }
                );
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                throw new StartupException($"{CountingSetup.AcceptSecretSwitch}: {site.Id}: {e.Message}");
            }
        }
    }

    private async Task RefuseDamageAsync(StoreProcess process, Site site)
    {
        var now = new SiteCalendar(site).Of(time.GetUtcNow());
        if (await ledger.FindDamageAsync(process, site.Id, now) is { } fault)
        {
            throw new StartupException(ViewLedger.Refusal(site.Id, fault));
        }
    }

    private async Task<string> AcceptAsync(StoreProcess process, Site site)
    {
        if (await ledger.HasSecretAsync(process, site.Id) == true)
        {
            return $"{site.Id}: this is the ledger's secret already";
        }

        // It was mended while no counting process runs, which would have noticed.
        var (calendar, now) = (new SiteCalendar(site), time.GetUtcNow());
        await ledger.LookForMendingAsync(process, site.Id, calendar.Of(now));
        // First: after the next step a repeated command has nothing left to do.
        foreach (var week in new[] { now - Week, now, now + Week }.Select(at => calendar.Of(at).Week))
        {
            await visitors.DestroyKeyAsync(site.Id, week);
        }

        var entry = new AuditEntry
        {
            Kind = "visitorSecret",
            Id = "visitor-secret",
            Reason = "The secret before was lost.",
            Who = CountingSetup.AcceptSecretSwitch,
            At = now.UtcDateTime,
        };
        return await ledger.AcceptSecretAsync(process, site.Id, entry) switch
        {
            "full" => throw new StartupException($"{CountingSetup.AcceptSecretSwitch}: the audit of {site.Id} is full"),
            "accepted" =>
                $"{site.Id}: accepted; views first sent before now are answered 410, and the visitors of this week count once more",
            _ => $"{site.Id}: this is the ledger's secret already",
        };
    }
}
