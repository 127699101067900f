using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;

namespace PortalServices.Messaging.Outbox;

/// <summary>
/// Rows of a table that several processes take work from. Whoever claims a row has it alone until its claim ends; a
/// process that is killed leaves its rows to the others then.
/// </summary>
public static class ClaimedRows
{
    /// <summary>
    /// Claims rows that are due: sets <c>DueAt</c> to the end of the claim and adds one to <c>Attempts</c>.
    /// </summary>
    /// <param name="database">Where the table is; its key is <c>Id</c>.</param>
    /// <param name="now">Rows with a <c>DueAt</c> up to this are due; milliseconds since 1970 UTC.</param>
    /// <param name="until">The end of the claim.</param>
    /// <param name="max">How many rows to claim.</param>
    /// <param name="order">The columns by which rows are claimed, as in SQL.</param>
    /// <param name="condition">What else holds for a row that may be claimed, as in SQL.</param>
    /// <param name="cancel">Ends the claim before it is made.</param>
    /// <returns>What was claimed, in no order.</returns>
    public static Task<List<TRow>> ClaimAsync<TRow>(
        DbContext database,
        long now,
        long until,
        int max,
        [ConstantExpected] string order,
        [ConstantExpected] string condition = "TRUE",
        CancellationToken cancel = default
    )
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(database);
        var table = database.Model.FindEntityType(typeof(TRow))!.GetTableName();
        // SQLite has one writer at a time, and nothing to skip. PostgreSQL may run the plain subquery of IN as often
        // as its plan says, and lock more rows than were asked for; an array is made once.
        var (open, close) = database.Database.ProviderName!.Contains("Sqlite", StringComparison.Ordinal)
            ? ("IN (", ")")
            : ("= ANY (ARRAY(", " FOR UPDATE SKIP LOCKED))");
        var sql = $$"""
            UPDATE "{{table}}" SET "DueAt" = {0}, "Attempts" = "Attempts" + 1
            WHERE "Id" {{open}}
                SELECT "Id" FROM "{{table}}" WHERE {{condition}} AND "DueAt" <= {1} ORDER BY {{order}} LIMIT {2}{{close}}
            RETURNING *
            """;
        return database.Set<TRow>().FromSqlRaw(sql, until, now, max).AsNoTracking().ToListAsync(cancel);
    }
}
