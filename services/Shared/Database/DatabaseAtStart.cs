using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PortalServices.Database;

/// <summary>
/// Brings the tables of <typeparamref name="TContext"/> up to date when the process starts. While the database is away, the process runs and
/// answers 503, and it is tried again every second.
/// </summary>
public sealed partial class DatabaseAtStart<TContext> : BackgroundService where TContext : DbContext
{
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    readonly IServiceScopeFactory _scopes;
    readonly TimeProvider _time;
    readonly ILogger<DatabaseAtStart<TContext>> _logger;
    readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim _one = new(1);

    /// <summary>Made by <see cref="DatabaseSetup"/>.</summary>
    public DatabaseAtStart(IServiceScopeFactory scopes, TimeProvider time, ILogger<DatabaseAtStart<TContext>> logger) =>
        (_scopes, _time, _logger) = (scopes, time, logger);

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
                return;
            await using var scope = _scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
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
    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested; failures++)
        {
            try
            {
                await MigrateAsync(stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, a database that cannot be written to among it: it is tried again, and the process has more to do than this.
            catch (Exception away)
#pragma warning restore CA1031
            {
                if (failures == 0)
                    LogAway(away, typeof(TContext).Name);
            }

            await Task.Delay(Wait, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database of {Context} does not answer; it is tried again every second")]
    partial void LogAway(Exception failure, string context);
}
