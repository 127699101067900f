using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortalServices.Database;
using PortalServices.Feedback.Storage;

namespace PortalServices.Feedback.Personal;

/// <summary>Every hour: erases personal data that are kept long enough, and forgets captchas that have expired and mails that were sent long ago.</summary>
internal sealed partial class Retention(
    IServiceScopeFactory scopes, DatabaseAtStart<FeedbackContext> start, IOptions<FeedbackOptions> options, TimeProvider time, ILogger<Retention> logger)
    : BackgroundService
{
    public const string By = "retention";

    static readonly TimeSpan Beat = TimeSpan.FromHours(1);

    // Longer than the clocks of two replicas differ: one must not forget what another still takes.
    static readonly TimeSpan ExpiredCaptchasAreKept = TimeSpan.FromHours(1);

    // As long as somebody may ask whether a mail was sent.
    static readonly TimeSpan MailsAreKept = TimeSpan.FromDays(90);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await start.Done.WaitAsync(stoppingToken);
            using var beat = new PeriodicTimer(Beat, time);
            do
            {
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    await KeepHouseAsync(scope.ServiceProvider, stoppingToken);
                }
#pragma warning disable CA1031 // Whatever it was, it is tried again, and the process has more to do than this.
                catch (Exception away) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    LogAway(away);
                }
            }
            while (await beat.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    async Task KeepHouseAsync(IServiceProvider services, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var database = services.GetRequiredService<FeedbackContext>();
        var (expired, old) = ((now - ExpiredCaptchasAreKept).ToUnixTimeMilliseconds(), (now - MailsAreKept).ToUnixTimeMilliseconds());
        await database.UsedCaptchas.Where(used => used.ExpiresAt < expired).ExecuteDeleteAsync(cancel);
        await database.Mails.Where(mail => mail.DoneAt < old).ExecuteDeleteAsync(cancel);
        if (options.Value.KeepPersonalDataDays is > 0 and var days)
        {
            var erased = await services.GetRequiredService<Erasure>().EraseBeforeAsync(null, now.AddDays(-days).ToUnixTimeMilliseconds(), By, $"{days} days", cancel);
            if (erased > 0)
                LogErased(erased, days);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The personal data of {Count} feedback entries older than {Days} days were erased")]
    partial void LogErased(int count, int days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old personal data wait to be erased: the database does not answer")]
    partial void LogAway(Exception failure);
}
