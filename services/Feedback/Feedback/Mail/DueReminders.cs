using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Feedback.Deadlines;

namespace PortalServices.Feedback.Mail;

/// <summary>
/// Every minute: finds what is to be answered soon and is still open, and has its operators written to, each once.
/// </summary>
internal sealed class DueReminders(
    IServiceScopeFactory scopes,
    SiteList sites,
    WorkingDays workingDays,
    IOptions<MailOptions> options,
    TimeProvider time
) : IPeriodicWork
{
    private const int MaxAtOnce = 500;

    private static readonly TimeSpan Beat = TimeSpan.FromMinutes(1);

    public string Name => "reminding of what is due";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        if (!options.Value.IsOn)
        {
            return IPeriodicWork.Finished;
        }
        await PeriodicWorkSetup.ForEachAsync(sites.All, site => RemindAsync(site, stopping), stopping);
        return Beat;
    }

    internal async Task RemindAsync(Site site, CancellationToken cancel)
    {
        var local = site.Local(time.GetUtcNow());
        if (
            options.Value.OperatorsOf(site.Id) is not { Count: > 0 } operators
            || TimeOnly.FromDateTime(local.DateTime) < options.Value.RemindFrom
        )
        {
            return;
        }
        // What is due two working days from today, and whatever should have been reminded of before.
        var last = workingDays
            .After(DateOnly.FromDateTime(local.DateTime), options.Value.RemindWorkingDaysBefore)
            .DayNumber;
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<FeedbackContext>();
        foreach (var to in operators)
        {
            var due = await database
                .Entries.AsNoTracking()
                .Where(entry =>
                    entry.Site == site.Id
                    && entry.Urgency <= last
                    && (entry.Status == FeedbackStatus.Received || entry.Status == FeedbackStatus.InProgress)
                    && !database.Mails.Any(mail =>
                        mail.FeedbackId == entry.Id && mail.Kind == MailKind.DueSoon && mail.To == to
                    )
                )
                .OrderBy(entry => entry.Urgency)
                .Take(MaxAtOnce)
                .Select(entry => entry.Id)
                .ToListAsync(cancel);
            foreach (var feedback in due)
            {
                await MailQueue.AddAsync(database, feedback, MailKind.DueSoon, 0, to, time.GetUtcNow(), cancel);
            }
        }
    }
}
