using Microsoft.EntityFrameworkCore;

namespace PortalServices.Database;

/// <summary>
/// Brings the tables of <typeparamref name="TContext"/> up to date when the process starts. While the database is away,
/// the process runs and answers 503, and it is tried again every second, whatever the database says: one that cannot be
/// written to today may be tomorrow.
/// </summary>
public sealed class DatabaseMigrator<TContext>(IServiceScopeFactory scopes, StartProgress progress)
    : IPeriodicWork,
        IDisposable
    where TContext : DbContext
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _one = new(1);

    /// <inheritdoc />
    public string Name => $"bringing the tables of {typeof(TContext).Name} up to date";

    /// <inheritdoc />
    public Backoff Backoff => new(Wait, Wait);

    /// <summary>The tables are as this version wants them.</summary>
    public bool IsDone => _done.Task.IsCompletedSuccessfully;

    /// <summary>Ends once they are.</summary>
    public Task Done => _done.Task;

    /// <summary>Does it now, for who cannot begin without it; once it is done, nothing.</summary>
    public async Task MigrateAsync(CancellationToken cancel = default)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (IsDone)
            {
                return;
            }
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
            using var step = progress.Begin(Name);
            await using var held = await MigrationLock.TakeAsync(database, cancel);
            await database.MigrateAsync(cancel);
            _done.TrySetResult();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await MigrateAsync(stopping);
        return IPeriodicWork.Finished;
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();
}
