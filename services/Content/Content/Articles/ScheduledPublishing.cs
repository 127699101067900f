using System.Runtime.ExceptionServices;
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
#pragma warning disable CA1031 // Whatever it was, it is tried again, and the process has more to do than this.
                catch (Exception away) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
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
        List<Guid> due;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            due = await scope.ServiceProvider.GetRequiredService<ContentContext>().Articles
                .Where(article => article.State == ArticleState.Scheduled && article.PublishedAt <= now)
                .OrderBy(article => article.PublishedAt).Take(MostAtOnce).Select(article => article.Id).ToListAsync(cancel);
        }

        // One that cannot be published holds up no other.
        Exception? first = null;
        foreach (var article in due)
        {
            try
            {
                await PublishAsync(article, cancel);
            }
#pragma warning disable CA1031 // It is thrown below.
            catch (Exception failure) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
            {
                first ??= failure;
            }
        }

        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }

    async Task PublishAsync(Guid id, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (await scope.ServiceProvider.GetRequiredService<ContentContext>().Articles
            .FirstOrDefaultAsync(article => article.Id == id && article.State == ArticleState.Scheduled && article.PublishedAt <= now, cancel) is not { } article)
            return;
        try
        {
            await scope.ServiceProvider.GetRequiredService<ArticleEditing>().PublishDueAsync(article, cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another replica, or an editor, was first.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scheduled articles wait: they cannot be published at the moment")]
    partial void LogAway(Exception failure);
}
