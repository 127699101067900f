using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Submit;

namespace PortalServices.Feedback.Answer;

/// <summary>
/// Makes what earlier versions stored ready for the index of words, while the product serves; until then a search looks
/// at all of it. Replicas may do so at once: whoever is first has done it.
/// </summary>
internal sealed partial class FeedbackRehashing(IServiceScopeFactory scopes, ILogger<FeedbackRehashing> logger)
    : IPeriodicWork
{
    internal const int MaxAtOnce = 200;
    internal static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    public string Name => "making feedback ready for search";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<FeedbackContext>();
        var without = await database
            .Entries.Where(entry => entry.WordHashes == null)
            .OrderBy(entry => entry.Id)
            .Take(MaxAtOnce)
            .AsNoTracking()
            .ToListAsync(stopping);
        if (without.Count == 0)
        {
            return LookEvery;
        }
        // One commit for all of them. Their words do not change meanwhile without their hashes.
        await using (var transaction = await database.Database.BeginTransactionAsync(stopping))
        {
            foreach (var each in without)
            {
                var published = FeedbackWords.PublicOf(each);
                var hashes = FeedbackWords.HashesOf(each.Site, each.Words, published);
                await database
                    .Entries.Where(entry => entry.Id == each.Id && entry.WordHashes == null)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(entry => entry.WordHashes, hashes)
                                .SetProperty(entry => entry.PublicWords, published),
                        stopping
                    );
            }

            await transaction.CommitAsync(stopping);
        }

        LogMade(without.Count);
        return without.Count == MaxAtOnce ? TimeSpan.Zero : LookEvery;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Count} feedback entries of an earlier version were made ready for search"
    )]
    private partial void LogMade(int count);
}
