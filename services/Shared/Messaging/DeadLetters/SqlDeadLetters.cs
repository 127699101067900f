using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace PortalServices.Messaging;

/// <summary>Dead letters in a table of the service's own database.</summary>
internal sealed class SqlDeadLetters<TContext>(IServiceScopeFactory scopes, IOptions<MessagingOptions> options) : IDeadLetters
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
        else if (await letters.CountAsync(cancel) < options.Value.MostDeadLetters)
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
        return await Letters(scope).Where(letter => letter.MessageId == messageId && letter.Consumer == consumer).ExecuteDeleteAsync(cancel) > 0;
    }

    public async Task<DeadLetter?> FindAsync(Guid messageId, string consumer, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Letters(scope).AsNoTracking().FirstOrDefaultAsync(letter => letter.MessageId == messageId && letter.Consumer == consumer, cancel);
    }

    public async Task<(IReadOnlyList<DeadLetter> Items, int Total)> ListAsync(int skip, int take, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var letters = Letters(scope).AsNoTracking();
        var items = await letters.OrderByDescending(letter => letter.FailedAt).ThenBy(letter => letter.MessageId).ThenBy(letter => letter.Consumer)
            .Skip(skip).Take(take).ToListAsync(cancel);
        return (items, await letters.CountAsync(cancel));
    }

    static DbSet<DeadLetter> Letters(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<TContext>().Set<DeadLetter>();
}
