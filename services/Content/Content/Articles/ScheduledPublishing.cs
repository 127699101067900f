using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Articles;

/// <summary>Publishes scheduled articles when their time has come. Of several replicas, one succeeds with each.</summary>
internal sealed partial class ScheduledPublishing(
    IServiceScopeFactory scopes, DatabaseAtStart<ContentContext> start, TimeProvider time, ILogger<ScheduledPublishing> logger) : BackgroundService
{
    const int MostAtOnce = 100;
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await start.Done.WaitAsync(stoppingToken);
            using var beat = new PeriodicTimer(Beat, time);
            var isAway = false;
            do
            {
                try
                {
                    await PublishDueAsync(stoppingToken);
                    isAway = false;
                }
                catch (Exception away) when (DatabaseFailure.Is(away))
                {
                    if (!isAway)
                        LogAway(away);
                    isAway = true;
                }
            }
            while (await beat.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    async Task PublishDueAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ContentContext>();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var due = await database.Articles.Where(article => article.State == ArticleState.Scheduled && article.PublishedAt <= now)
            .OrderBy(article => article.PublishedAt).Take(MostAtOnce).ToListAsync(cancel);
        var editing = scope.ServiceProvider.GetRequiredService<ArticleEditing>();
        foreach (var article in due)
        {
            try
            {
                await editing.PublishDueAsync(article, cancel);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another replica, or an editor, was first; the rest comes with the next beat.
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scheduled articles wait: the database does not answer")]
    partial void LogAway(Exception failure);
}
