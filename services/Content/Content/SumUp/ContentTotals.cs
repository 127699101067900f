using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using PortalServices.Content.Articles;

namespace PortalServices.Content.SumUp;

/// <summary>
/// What a backup notes of content's database, so that whoever puts it back can tell that all of it is there. Reads what
/// the connection's transaction sees; the SQL is that of both databases.
/// </summary>
internal static class ContentTotals
{
    /// <summary>
    /// <c>articles</c> by site and state, <c>outbox</c> (events that wait) and <c>deadLetters</c>.
    /// </summary>
    public static async Task<JsonObject> ReadAsync(DbConnection database, CancellationToken cancel)
    {
        var articles = new JsonObject();
        await using var command = database.CreateCommand();
        command.CommandText =
            """SELECT "Site", "State", COUNT(*) FROM "Articles" GROUP BY "Site", "State" ORDER BY "Site", "State" """;
        await using (var rows = await command.ExecuteReaderAsync(cancel))
        {
            while (await rows.ReadAsync(cancel))
            {
                var site = rows.GetString(0);
                articles[site] ??= new JsonObject();
                articles[site]![Name(rows.GetInt32(1))] = rows.GetInt64(2);
            }
        }

        return new JsonObject
        {
            ["articles"] = articles,
            ["outbox"] = await CountAsync("OutboxMessages"),
            ["deadLetters"] = await CountAsync("DeadLetters"),
        };

        async Task<long> CountAsync(string table)
        {
            command.CommandText = $"SELECT COUNT(*) FROM \"{table}\"";
            return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
        }
    }

    private static string Name(int state) =>
        Enum.IsDefined((ArticleState)state)
            ? ((ArticleState)state).ToString().ToLowerInvariant()
            : state.ToString(CultureInfo.InvariantCulture);
}
