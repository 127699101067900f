using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Articles;

/// <summary>
/// Publishes scheduled articles when their time has come. Of several replicas, one succeeds with each.
/// </summary>
internal sealed class ScheduledPublishing(IServiceScopeFactory scopes, TimeProvider time) : IPeriodicWork
{
    private const int MaxAtOnce = 100;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public string Name => "publishing scheduled articles";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        List<Guid> due;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            due = await scope
                .ServiceProvider.GetRequiredService<ContentContext>()
                .Articles.Where(article => article.State == ArticleState.Scheduled && article.PublishedAt <= now)
                .OrderBy(article => article.PublishedAt)
                .Take(MaxAtOnce)
                .Select(article => article.Id)
                .ToListAsync(stopping);
        }

        // One that cannot be published holds up no other.
        await PeriodicWorkSetup.ForEachAsync(due, article => PublishAsync(article, stopping), stopping);
        return Beat;
    }

    private async Task PublishAsync(Guid id, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (
            await scope
                .ServiceProvider.GetRequiredService<ContentContext>()
                .Articles.FirstOrDefaultAsync(
                    article =>
                        article.Id == id && article.State == ArticleState.Scheduled && article.PublishedAt <= now,
                    cancel
                )
            is not { } article
        )
        {
            return;
        }
        try
        {
            await scope.ServiceProvider.GetRequiredService<ArticleEditor>().PublishDueAsync(article, cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another replica, or an editor, was first.
        }
    }
}
