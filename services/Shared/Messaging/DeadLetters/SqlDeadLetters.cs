using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>Dead letters in a table of the service's own database.</summary>
internal sealed class SqlDeadLetters<TContext>(IServiceScopeFactory scopes, IOptions<MessagingOptions> options)
    : IDeadLetters
    where TContext : DbContext
{
    public async Task<bool> TryPutAsync(DeadLetter letter, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>();
        var letters = database.Set<DeadLetter>();
        if (await letters.FindAsync([letter.MessageId, letter.Consumer], cancel) is { } known)
        {
            (known.Error, known.FailedAt) = (letter.Error, letter.FailedAt);
            known.Failures++;
        }
        else if (await letters.CountAsync(cancel) < options.Value.MaxDeadLetters)
        {
            letters.Add(letter);
        }
        else
        {
            return false;
        }

        await database.SaveChangesAsync(cancel);
        return true;
    }

    public async Task<bool> RemoveAsync(Guid messageId, string consumer, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Letters(scope)
                .Where(letter => letter.MessageId == messageId && letter.Consumer == consumer)
                .ExecuteDeleteAsync(cancel) > 0;
    }

    public async Task<DeadLetter?> FindAsync(Guid messageId, string consumer, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Letters(scope)
            .AsNoTracking()
            .FirstOrDefaultAsync(letter => letter.MessageId == messageId && letter.Consumer == consumer, cancel);
    }

    public async Task<(IReadOnlyList<DeadLetter> Items, int Total)> ListAsync(
        IReadOnlyCollection<string>? sites,
        int skip,
        int take,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var letters = Letters(scope).AsNoTracking();
        var sorted = letters
            .OrderByDescending(letter => letter.FailedAt)
            .ThenBy(letter => letter.MessageId)
            .ThenBy(letter => letter.Consumer);
        if (sites is null)
        {
            return (await sorted.Skip(skip).Take(take).ToListAsync(cancel), await letters.CountAsync(cancel));
        }

        // The site is in the event: all of them are looked at, one at a time, and the page alone is held.
        var (items, total) = (new List<DeadLetter>(), 0);
        await foreach (var letter in sorted.AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (letter.Site is not { } site || !sites.Contains(site))
            {
                continue;
            }
            if (total++ >= skip && items.Count < take)
            {
                items.Add(letter);
            }
        }

        return (items, total);
    }

    private static DbSet<DeadLetter> Letters(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<TContext>().Set<DeadLetter>();
}
