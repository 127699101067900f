using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace PortalServices.Database;

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
