using Microsoft.EntityFrameworkCore;

namespace PortalServices.Database;

/// <summary>
/// Work on a database: it begins when the tables are there, and holds up no thread that answers requests.
/// </summary>
internal sealed class DatabaseWork<TContext, TWork>(
    TWork work,
    DatabaseMigrator<TContext> start,
    DatabaseThreads<TContext> threads
) : IPeriodicWork
    where TContext : DbContext
    where TWork : IPeriodicWork
{
    public string Name => work.Name;

    public Backoff Backoff => work.Backoff;

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await start.Done.WaitAsync(stopping);
        return await threads.RunInBackgroundAsync(() => work.RunAsync(stopping));
    }

    public Task EndAsync() => work.EndAsync();
}
