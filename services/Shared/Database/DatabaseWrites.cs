using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace PortalServices.Database;

/// <summary>
/// Whether <typeparamref name="TContext"/> takes changes: what the last one met that changed something, or was refused.
/// An interceptor of all that can tell.
/// </summary>
internal sealed class DatabaseWrites<TContext>
    : IDbCommandInterceptor,
        ISaveChangesInterceptor,
        IDbTransactionInterceptor
    where TContext : DbContext
{
    // https://www.sqlite.org/rescode.html
    private const int SqliteReadOnly = 8,
        SqliteFull = 13;

    private string? _refusal;

    /// <summary>Why the last change was refused; null where it was not.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    public void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Failed(eventData.Exception);

    public Task CommandFailedAsync(
        DbCommand command,
        CommandErrorEventData eventData,
        CancellationToken cancellationToken
    ) => Failed(eventData.Exception);

    public int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result) =>
        Changed(eventData.Context, result);

    public ValueTask<int> NonQueryExecutedAsync(
        DbCommand command,
        CommandExecutedEventData eventData,
        int result,
        CancellationToken cancellationToken
    ) => new(Changed(eventData.Context, result));

    public void SaveChangesFailed(DbContextErrorEventData eventData) => Failed(eventData.Exception);

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken) =>
        Failed(eventData.Exception);

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result) => Changed(eventData.Context, result);

    public ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken
    ) => new(Changed(eventData.Context, result));

    public void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) =>
        Failed(eventData.Exception);

    public Task TransactionFailedAsync(
        DbTransaction transaction,
        TransactionErrorEventData eventData,
        CancellationToken cancellationToken
    ) => Failed(eventData.Exception);

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Works();

    public Task TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken
    ) => Works();

    /// <summary>A command or a change has failed.</summary>
    public Task Failed(Exception failure)
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
        return Task.CompletedTask;
    }

    // To change no rows needs no disk, and of a transaction only its end shows.
    private int Changed(DbContext? database, int rows)
    {
        if (rows > 0 && database?.Database.CurrentTransaction is null)
        {
            Works();
        }
        return rows;
    }

    // A change has reached the disk.
    private Task Works()
    {
        if (Refusal is not null)
        {
            Volatile.Write(ref _refusal, null);
        }
        return Task.CompletedTask;
    }
}
