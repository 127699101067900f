using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace PortalServices.Database;

/// <summary>
/// Whether <typeparamref name="TContext"/> takes changes: what the last one met that changed something, or was refused.
/// </summary>
internal sealed class DatabaseWrites<TContext>
    where TContext : DbContext
{
    // https://www.sqlite.org/rescode.html
    private const int SqliteReadOnly = 8,
        SqliteFull = 13;

    private string? _refusal;

    public DatabaseWrites() => Interceptors = [new Commands(this), new Changes(this), new Transactions(this)];

    /// <summary>Why the last change was refused; null where it was not.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    /// <summary>A command or a change has failed.</summary>
    public void Failed(Exception failure)
    {
        for (var each = failure; each is not null; each = each.InnerException)
        {
            var refusal = each switch
            {
                PostgresException { SqlState: PostgresErrorCodes.DiskFull }
                or SqliteException { SqliteErrorCode: SqliteFull } => "its disk is full",
                PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction }
                or SqliteException { SqliteErrorCode: SqliteReadOnly } => "it is read-only",
                _ => null,
            };
            if (refusal is not null)
            {
                Volatile.Write(ref _refusal, refusal);
            }
        }
    }

    /// <summary>Rows were changed. To change none needs no disk, and of a transaction only its end tells.</summary>
    public void Changed(DbContext? database, int rows)
    {
        if (rows > 0 && database?.Database.CurrentTransaction is null)
        {
            Works();
        }
    }

    /// <summary>A change has reached the disk.</summary>
    public void Works()
    {
        if (Refusal is not null)
        {
            Volatile.Write(ref _refusal, null);
        }
    }

    /// <summary>Tell of what commands meet.</summary>
    public IInterceptor[] Interceptors { get; }

    private sealed class Commands(DatabaseWrites<TContext> writes) : DbCommandInterceptor
    {
        public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) =>
            writes.Failed(eventData.Exception);

        public override Task CommandFailedAsync(
            DbCommand command,
            CommandErrorEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            writes.Failed(eventData.Exception);
            return Task.CompletedTask;
        }

        public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
        {
            writes.Changed(eventData.Context, result);
            return result;
        }

        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command,
            CommandExecutedEventData eventData,
            int result,
            CancellationToken cancellationToken = default
        )
        {
            writes.Changed(eventData.Context, result);
            return new(result);
        }
    }

    private sealed class Changes(DatabaseWrites<TContext> writes) : SaveChangesInterceptor
    {
        public override void SaveChangesFailed(DbContextErrorEventData eventData) => writes.Failed(eventData.Exception);

        public override Task SaveChangesFailedAsync(
            DbContextErrorEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            writes.Failed(eventData.Exception);
            return Task.CompletedTask;
        }

        public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
        {
            writes.Changed(eventData.Context, result);
            return result;
        }

        public override ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData,
            int result,
            CancellationToken cancellationToken = default
        )
        {
            writes.Changed(eventData.Context, result);
            return new(result);
        }
    }

    private sealed class Transactions(DatabaseWrites<TContext> writes) : DbTransactionInterceptor
    {
        public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) =>
            writes.Failed(eventData.Exception);

        public override Task TransactionFailedAsync(
            DbTransaction transaction,
            TransactionErrorEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            writes.Failed(eventData.Exception);
            return Task.CompletedTask;
        }

        public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
            writes.Works();

        public override Task TransactionCommittedAsync(
            DbTransaction transaction,
            TransactionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            writes.Works();
            return Task.CompletedTask;
        }
    }
}
