using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Submit;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.Answer;

/// <summary>
/// Search by words, the same on both databases: an index of their hashes finds what may have all of them, and the words
/// decide. The newest <see cref="MaxCandidates"/> are looked at, however much there is.
/// </summary>
internal static class FeedbackSearch
{
    /// <summary>How much feedback of a site, the newest that has all the words, a search looks at.</summary>
    public const int MaxCandidates = 10_000;

    // From the index to the feedback: SQLite never reorders around CROSS JOIN (https://www.sqlite.org/optoverview.html,
    // section 7.2). Numbers grow as feedback comes.
    // What an earlier version has stored has no hashes until FeedbackRehashing has made them.
    private const string OfSqlite = """
        SELECT f.* FROM (SELECT rowid AS "Number" FROM "FeedbackTokens" WHERE "FeedbackTokens" MATCH {0} ORDER BY rowid DESC LIMIT {2}) AS t
        CROSS JOIN "FeedbackNumbers" AS n ON n."Number" = t."Number"
        CROSS JOIN "Feedback" AS f ON f."Id" = n."FeedbackId"
        WHERE f."Site" = {1}
        UNION ALL
        SELECT f.* FROM "Feedback" AS f INDEXED BY "IX_Feedback_WithoutWordHashes" WHERE f."Site" = {1} AND f."WordHashes" IS NULL
        """;

    private const string OfPostgreSql = """
        SELECT f.* FROM (
          SELECT f.* FROM "Feedback" AS f
          WHERE f."Site" = {1} AND string_to_array(f."WordHashes", ' ') @> string_to_array({0}, ' ') ORDER BY f."ReceivedAt" DESC LIMIT {2}) AS f
        UNION ALL
        SELECT f.* FROM "Feedback" AS f WHERE f."Site" = {1} AND f."WordHashes" IS NULL
        """;

    /// <summary>What is found, in no order.</summary>
    public static IQueryable<FeedbackEntry> Find(FeedbackContext database, string site, SearchQuery query) =>
        query.Phrases.Aggregate(
            Candidates(database, site, query, FeedbackWords.HashesOf),
            (entries, phrase) => entries.Where(entry => entry.Words.Contains(phrase))
        );

    /// <summary>What is found of what is published, by its published texts alone; in no order.</summary>
    public static IQueryable<FeedbackEntry> FindPublished(FeedbackContext database, string site, SearchQuery query) =>
        query.Phrases.Aggregate(
            Candidates(database, site, query, FeedbackWords.PublicHashesOf)
                .Where(entry => entry.Status == FeedbackStatus.Published),
            (entries, phrase) => entries.Where(entry => entry.PublicWords!.Contains(phrase))
        );

    private static IQueryable<FeedbackEntry> Candidates(
        FeedbackContext database,
        string site,
        SearchQuery query,
        Func<string, IEnumerable<string>> hashesOf
    )
    {
        // Nothing is found by punctuation.
        if (query.IsEmpty)
        {
            return database.Entries.Where(entry => false);
        }
        var hashes = hashesOf(string.Join(' ', query.FoldedTokens)).Prepend(FeedbackWords.HashOfSite(site));
        return database.Database.IsNpgsql()
            ? database.Entries.FromSqlRaw(OfPostgreSql, string.Join(' ', hashes), site, MaxCandidates)
            : database.Entries.FromSqlRaw(
                OfSqlite,
                string.Join(" AND ", hashes.Select(hash => $"\"{hash}\"")),
                site,
                MaxCandidates
            );
    }
}
