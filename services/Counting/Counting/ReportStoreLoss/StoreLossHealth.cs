using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Counting.Ledger;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>Degraded while an operator has to see that the store lost acknowledged views. Counting goes on.</summary>
internal sealed class StoreLossHealth(StoreLosses losses) : IHealthCheck
{
    private const int MaxNamed = 20;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var open = losses.Open;
        if (open.Count == 0)
        {
            return Task.FromResult(
                HealthCheckResult.Healthy("The store has all that it acknowledged, as far as is known.")
            );
        }

        var data = open.OrderBy(each => each.Key, StringComparer.Ordinal)
            .Take(MaxNamed)
            .ToDictionary(each => each.Key, each => (object)Describe(each.Value));
        return Task.FromResult(
            HealthCheckResult.Degraded(
                "The store lost views that it had acknowledged: restore it, or acknowledge the loss (POST …/store-loss/acknowledge).",
                data: data
            )
        );
    }

    private static string Describe(StoreLoss loss) =>
        (
            loss.IsExpectedKnown
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{loss.Expected.Views} views were counted, {loss.Found.Views} were found"
                )
                : string.Create(CultureInfo.InvariantCulture, $"{loss.Found.Views} views were found")
        )
        + (
            loss.RestoredFrom is { } backup
                ? string.Create(CultureInfo.InvariantCulture, $" in the backup of {backup.UtcDateTime:O}")
                : ""
        );
}
