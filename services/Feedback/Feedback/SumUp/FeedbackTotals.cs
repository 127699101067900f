using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;

namespace PortalServices.Feedback.SumUp;

/// <summary>
/// What a backup notes of feedback's database, so that whoever puts it back can tell that all of it is there. Reads
/// what the connection's transaction sees; the SQL is that of both databases.
/// </summary>
internal static class FeedbackTotals
{
    /// <summary>
    /// <c>entries</c> by site and state, <c>receipts</c> (how many), <c>mailsWaiting</c>, <c>outbox</c> (events that
    /// wait) and <c>deadLetters</c>.
    /// </summary>
    public static async Task<JsonObject> ReadAsync(DbConnection database, CancellationToken cancel)
    {
        var entries = new JsonObject();
        await using var command = database.CreateCommand();
        command.CommandText =
            """SELECT "Site", "Status", COUNT(*) FROM "Feedback" GROUP BY "Site", "Status" ORDER BY "Site", "Status" """;
        await using (var rows = await command.ExecuteReaderAsync(cancel))
        {
            while (await rows.ReadAsync(cancel))
            {
                var site = rows.GetString(0);
                entries[site] ??= new JsonObject();
                entries[site]![Name(rows.GetInt32(1))] = rows.GetInt64(2);
            }
        }

        return new JsonObject
        {
            ["entries"] = entries,
            ["receipts"] = await CountAsync("""(SELECT DISTINCT "Receipt" FROM "Feedback") AS "Receipts" """),
            ["mailsWaiting"] = await CountAsync(
                """
                "Mails" WHERE "DoneAt" IS NULL
                """
            ),
            ["outbox"] = await CountAsync("\"OutboxMessages\""),
            ["deadLetters"] = await CountAsync("\"DeadLetters\""),
        };

        async Task<long> CountAsync(string of)
        {
            command.CommandText = "SELECT COUNT(*) FROM " + of;
            return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
        }
    }

    // As the replies name it.
    private static string Name(int status)
    {
        var name = ((FeedbackStatus)status).ToString();
        return Enum.IsDefined((FeedbackStatus)status)
            ? char.ToLowerInvariant(name[0]) + name[1..]
            : status.ToString(CultureInfo.InvariantCulture);
    }
}
