using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Feedback.Verify;

namespace PortalServices.Feedback.Personal;

/// <summary>
/// Every hour: erases personal data that are kept long enough, and forgets captchas that have expired and mails that
/// were sent long ago.
/// </summary>
internal sealed partial class Retention(
    IServiceScopeFactory scopes,
    IOptions<FeedbackOptions> options,
    TimeProvider time,
    ILogger<Retention> logger
) : IPeriodicWork
{
    public const string By = "retention";

    private static readonly TimeSpan Beat = TimeSpan.FromHours(1);

    // Longer than the clocks of two replicas differ: one must not forget what another still takes. No less than what
    // the thresholds of submissions look back at.
    private static readonly TimeSpan ExpiredCaptchasAreKept = RecentSubmissions.Window;

    // As long as somebody may ask whether a mail was sent.
    private static readonly TimeSpan MailsAreKept = TimeSpan.FromDays(90);

    public string Name => "erasing what is kept long enough";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        // One that fails does not keep the others from their turn.
        await PeriodicWorkSetup.ForEachAsync<Func<IServiceProvider, CancellationToken, Task>>(
            [ErasePersonalDataAsync, ForgetCaptchasAsync, ForgetMailsAsync],
            async erase =>
            {
                await using var scope = scopes.CreateAsyncScope();
                await erase(scope.ServiceProvider, stopping);
            },
            stopping
        );
        return Beat;
    }

    private async Task ErasePersonalDataAsync(IServiceProvider services, CancellationToken cancel)
    {
        if (options.Value.KeepPersonalDataDays is not (> 0 and var days))
        {
            return;
        }
        var receivedBefore = time.GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds();
        var erased = await services
            .GetRequiredService<Erasure>()
            .EraseBeforeAsync(null, receivedBefore, By, $"{days} days", cancel);
        if (erased > 0)
        {
            LogErased(erased, days);
        }
    }

    private Task<int> ForgetCaptchasAsync(IServiceProvider services, CancellationToken cancel)
    {
        var expired = (time.GetUtcNow() - ExpiredCaptchasAreKept).ToUnixTimeMilliseconds();
        return services
            .GetRequiredService<FeedbackContext>()
            .UsedCaptchas.Where(used => used.ExpiresAt < expired)
            .ExecuteDeleteAsync(cancel);
    }

    private async Task ForgetMailsAsync(IServiceProvider services, CancellationToken cancel)
    {
        var sentBefore = (time.GetUtcNow() - MailsAreKept).ToUnixTimeMilliseconds();
        var old = services.GetRequiredService<FeedbackContext>().Mails.Where(mail => mail.DoneAt < sentBefore);
        if (!await old.AnyAsync(cancel))
        {
            return;
        }
        // What a mail server said of a failure may name the sender.
        await using var erasing = await services.GetRequiredService<Erasure>().BeginAsync(cancel);
        await old.ExecuteDeleteAsync(cancel);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The personal data of {Count} feedback entries older than {Days} days were erased"
    )]
    private partial void LogErased(int count, int days);
}
