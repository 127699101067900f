using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Submit;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>So much feedback that it matters how a list of it is read.</summary>
internal static class ManyEntries
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Puts feedback of all states into a site, with a note on each; the database knows its rows afterwards. Each
    /// hundredth is assigned to <see cref="FeedbackApp.Officer"/>; half is answered, and of what is open a part is due
    /// in 2020. Each 25th is under the heading <c>hoc-phi</c>.
    /// </summary>
    public static Task<int> FillAsync(FeedbackApp app, string site, int count, DateTimeOffset from) =>
        app.WithDatabaseAsync(async database =>
        {
            var words = " nguyen van an so truong thu hoc phi the nao ";
            var (hashes, first, officer) = (
                FeedbackWords.HashesOf(site, words),
                from.ToUnixTimeMilliseconds(),
                FeedbackApp.Officer
            );
            // Of 12: 2 received, 1 in progress, 6 answered, and one of each of the others.
            var status =
                "CASE n % 12 WHEN 0 THEN 0 WHEN 1 THEN 0 WHEN 2 THEN 1 WHEN 3 THEN 3 WHEN 4 THEN 4 WHEN 5 THEN 5 ELSE 2 END";
            var isPostgreSql = database.Database.IsNpgsql();
            var (numbers, id, due) = isPostgreSql
                ? ("SELECT generate_series(1, {0}) AS n", "gen_random_uuid()", "DATE '2026-06-29'")
                : (
                    "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < {0}) SELECT n FROM count",
                    "upper(substr(hex(randomblob(16)), 1, 8) || '-0000-7000-8000-' || substr(hex(randomblob(16)), 1, 12))",
                    "'2026-06-29'"
                );
            var old = new DateOnly(2020, 1, 1).DayNumber;
#pragma warning disable EF1002 // Constants.
            await database.Database.ExecuteSqlRawAsync(
                $$"""
                INSERT INTO "Feedback" ("Id", "Site", "Receipt", "IdempotencyKey", "Fingerprint", "Language", "FullName", "Title", "Content", "ReceivedAt", "DueBy", "Urgency", "Status",
                  "AssignedTo", "Category", "PublishedAt", "PublicTitle", "PublicContent", "PublicAnswer", "Words", "WordHashes", "Version")
                SELECT {{id}}, {1}, {1} || n, 'many' || n, '', 'vi', 'Nguyễn Văn An', 'Số ' || n, {6}, {2} + n * 1000, {{due}},
                  CASE WHEN n % 12 < 3 THEN {5} + n / 12 % 4000 ELSE 2147483647 END, {{status}}, CASE WHEN n % 100 < 1 THEN {3} END,
                  CASE WHEN n % 25 < 1 THEN 'hoc-phi' END,
                  CASE WHEN n % 12 = 3 THEN {2} + n * 1000 END, 'Số', 'Số', 'Số', {4}, {7}, 1
                FROM ({{numbers}}) AS numbers
                """,
                [count, site, first, officer, words, old, new string('x', 400), hashes],
                Cancel
            );
            await database.Database.ExecuteSqlRawAsync(
                $$"""
                INSERT INTO "FeedbackSteps" ("Id", "Site", "FeedbackId", "At", "By", "Kind", "To", "Text") SELECT {{id}}, {0}, "Id", "ReceivedAt", 'an', 3, 1, {1} FROM "Feedback" WHERE "Site" = {0}
                """,
                [site, new string('x', 300)],
                Cancel
            );
            // SQLite chooses as it does for a file that was never analyzed.
            foreach (var table in isPostgreSql ? new[] { "Feedback", "FeedbackSteps" } : [])
            {
                // As long as somebody else may still see the table as it was before, no page of it is known to be seen
                // by all, and an index alone does not do.
                await Eventually.HoldsAsync(
                    async () =>
                    {
                        await database.Database.ExecuteSqlRawAsync($"VACUUM ANALYZE \"{table}\"", Cancel);
                        return await database
                                .Database.SqlQueryRaw<int>(
                                    "SELECT relpages - relallvisible AS \"Value\" FROM pg_class WHERE relname = {0}",
                                    table
                                )
                                .SingleAsync(Cancel) == 0;
                    },
                    $"{table} is seen by all",
                    Cancel
                );
            }

#pragma warning restore EF1002
            return count;
        });
}
