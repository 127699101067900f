using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.CheckStore;

/// <summary>
/// The store, beside what "ready" means: a process without its store still answers (503, or the last numbers), so it is
/// degraded and not unhealthy.
/// </summary>
internal sealed class StoreHealth(StoreConnection store, ViewLedger ledger) : IHealthCheck
{
    private const int MaxNamed = 5;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            var roundTrip = await store.Database.PingAsync();
            var data = new Dictionary<string, object>
            {
                ["roundTripMilliseconds"] = Math.Round(roundTrip.TotalMilliseconds, 1),
            };
            List<string> faults =
            [
                .. ledger
                    .Damages.Take(MaxNamed)
                    .Select(damage => $"{damage} Nothing is written to it, and its views get 503."),
            ];
            // The last write may be long ago, and nobody has viewed anything since.
            var failures = await Task.WhenAll(store.FailingSites.Take(MaxNamed).Select(TryWriteAsync));
            var failed = Array.Find(failures, failure => failure is not null);
            if (failed is not null)
            {
                var names = store.FailingSites;
                if (failed is RedisConnectionException || names.Count == 0)
                {
                    return Away(failed);
                }

                faults.Add(
                    $"The store takes no writes of {string.Join(", ", names.Take(MaxNamed))}{(names.Count > MaxNamed ? " and others" : "")}: views get 503."
                );
            }

            if (store.Latest is { } process)
            {
                data["kind"] = process.Kind.ToString();
                data["appendFsync"] = process.Fsync;
                // Of several processes the fullest.
                var fullest = store
                    .Checked.Select(each => each.Fill)
                    .DefaultIfEmpty(process.Fill)
                    .MaxBy(fill => fill.Fraction)!;
                data["fillPercent"] = Math.Round(fullest.Fraction * 100, 1);
                if (fullest.Room > AdmissionLevel.Everything)
                {
                    faults.Add("The store answers, but is nearly full: " + Refused(fullest.Room));
                }
            }

            if (faults.Count > 0)
            {
                return HealthCheckResult.Degraded(string.Join(' ', faults), failed, data);
            }

            return store.Latest?.Fsync == "everysec"
                ? HealthCheckResult.Healthy(
                    "The store answers; it writes to disk once a second, so a crash of its machine may lose the last second.",
                    data
                )
                : HealthCheckResult.Healthy("The store answers.", data);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return Away(e);
        }
    }

    /// <summary>Why a site's ledger takes no write, or null.</summary>
    private async Task<Exception?> TryWriteAsync(string site)
    {
        try
        {
            await ledger.WithProcessAsync(site, process => ledger.TryWriteAsync(process, site));
            return null;
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return e;
        }
    }

    private static HealthCheckResult Away(Exception e) =>
        HealthCheckResult.Degraded("The store does not answer: views get 503, reads the last numbers.", e);

    private static string Refused(AdmissionLevel room) =>
        room switch
        {
            AdmissionLevel.KnownPages => "new pages count under \"other\".",
            AdmissionLevel.KnownSites =>
                "new pages count under \"other\", sites without views are refused (503 store_full), and view ids are remembered for a shorter time (410).",
            _ => "every view is refused (503 store_full).",
        };
}
