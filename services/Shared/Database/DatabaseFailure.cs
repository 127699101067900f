using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PortalServices.Http.Problems;

namespace PortalServices.Database;

/// <summary>Failures of the database itself, as opposed to faults of those who use it.</summary>
public static class DatabaseFailure
{
    // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN:
    // https://www.sqlite.org/rescode.html
    private static readonly int[] SqliteAway = [5, 6, 8, 10, 13, 14];

    /// <summary>
    /// Whether the database is away, overburdened, full or not to be written to: what was asked may work later.
    /// </summary>
    public static bool Is(Exception failure) =>
        failure switch
        {
            PostgresException answer => answer.IsTransient
                || IsShuttingDown(answer)
                || answer.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction,
            NpgsqlException => true,
            SqliteException sqlite => SqliteAway.Contains(sqlite.SqliteErrorCode),
            DbUpdateConcurrencyException => false,
            DbUpdateException { InnerException: { } inner } => Is(inner),
            // EF wraps what it takes for transient when nobody retries: a failed query by itself, a failed change in
            // its own wrapping.
            InvalidOperationException { InnerException: { } inner } when inner is DbException or DbUpdateException =>
                Is(inner),
            TimeoutException => true,
            _ => false,
        };

    /// <summary>The reply to whom it happened.</summary>
    /// <param name="detail">What is known of it beyond that.</param>
    public static Microsoft.AspNetCore.Http.IResult Reply(string? detail = null) =>
        Problem.Of(CommonProblems.StoreUnavailable, detail, TimeSpan.FromSeconds(1));

    // Class 57P: an operator ends the server or starts it. https://www.postgresql.org/docs/15/errcodes-appendix.html
    private static bool IsShuttingDown(PostgresException answer) =>
        answer.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || answer.SqlState == PostgresErrorCodes.TooManyConnections;
}

/// <summary>Two rows would have had the same key.</summary>
public static class UniqueViolation
{
    // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE: https://www.sqlite.org/rescode.html
    private const int SqlitePrimaryKey = 1555,
        SqliteUnique = 2067;

    /// <summary>Whether that is why nothing was saved.</summary>
    public static bool Is(DbUpdateException failure) =>
        failure?.InnerException
            is SqliteException { SqliteExtendedErrorCode: SqlitePrimaryKey or SqliteUnique }
                or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
