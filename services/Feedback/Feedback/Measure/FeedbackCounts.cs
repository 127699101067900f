using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Deadlines;

namespace PortalServices.Feedback.Measure;

/// <summary>Every minute: counts feedback by status, and what is overdue, for their metrics.</summary>
internal sealed class FeedbackCounts(IServiceScopeFactory scopes, SiteList sites, TimeProvider time) : IPeriodicWork
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    public string Name => "counting feedback by status";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var entries = scope.ServiceProvider.GetRequiredService<FeedbackContext>().Entries.AsNoTracking();
        var counted = await entries
            .GroupBy(entry => entry.Status)
            .Select(alike => new { Status = alike.Key, Count = alike.LongCount() })
            .ToDictionaryAsync(each => each.Status, each => each.Count, stopping);
        foreach (var status in Enum.GetValues<FeedbackStatus>())
        {
            FeedbackTelemetry.Entries.Record(counted.GetValueOrDefault(status), FeedbackTelemetry.Status.With(status));
        }

        var overdue = 0L;
        foreach (var site in sites.All)
        {
            var today = DateOnly.FromDateTime(site.Local(time.GetUtcNow()).DateTime).DayNumber;
            overdue += await entries.LongCountAsync(
                entry =>
                    entry.Site == site.Id
                    && entry.Urgency < today
                    && (entry.Status == FeedbackStatus.Received || entry.Status == FeedbackStatus.InProgress),
                stopping
            );
        }
        FeedbackTelemetry.Overdue.Record(overdue);
        return Every;
    }
}
