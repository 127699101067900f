using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using PortalServices.Database;

namespace PortalServices.InProcess.Databases;

/// <summary>Lets every command fail, while it is told to, before the database has it.</summary>
public sealed class FailingDatabase(DatabaseKind kind) : DbCommandInterceptor
{
    private int _failed;

    /// <summary>What commands fail with; null for nothing.</summary>
    public Func<Exception>? Failure { get; set; }

    /// <summary>Commands that have failed.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>What the database says when nothing can be written to it: SQLITE_READONLY, 25006.</summary>
    public Exception ReadOnly() =>
        kind is DatabaseKind.Sqlite
            ? new SqliteException("attempt to write a readonly database", 8)
            : new PostgresException("cannot execute UPDATE in a read-only transaction", "ERROR", "ERROR", "25006");

    /// <summary>What the database says when its disk is full: SQLITE_FULL, 53100.</summary>
    public Exception DiskFull() =>
        kind is DatabaseKind.Sqlite
            ? new SqliteException("database or disk is full", 13)
            : new PostgresException("could not extend file", "ERROR", "ERROR", "53100");

    /// <summary>Something that no program expects of a database.</summary>
    public static Exception Unexpected() => new InvalidCastException("The database answers nonsense.");

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result
    ) => Pass(result);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    ) => new(Pass(result));

    public override InterceptionResult<int> NonQueryExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result
    ) => Pass(result);

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    ) => new(Pass(result));

    public override InterceptionResult<object> ScalarExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<object> result
    ) => Pass(result);

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<object> result,
        CancellationToken cancellationToken = default
    ) => new(Pass(result));

    private InterceptionResult<T> Pass<T>(InterceptionResult<T> result)
    {
        if (Failure is not { } failure)
        {
            return result;
        }
        Interlocked.Increment(ref _failed);
        throw failure();
    }
}
