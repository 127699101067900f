using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Search;

/// <summary>
/// Search by words, the same on every database: the index finds what has all the words, the phrases are compared with the words as they are
/// stored, and the order is exact spelling in the title, exact spelling in the text, other spellings.
/// </summary>
internal static class SearchIndex
{
    public const string Articles = "articles";

    const string OfSqlite =
        """
        SELECT "Id", "Site", "Scope", "Subject", "TitleExact", "TitleFolded", "TextExact", "TextFolded" FROM "SearchDocuments"
        WHERE "Id" IN (SELECT rowid FROM "SearchTokens" WHERE "SearchTokens" MATCH {0})
        """;

    const string OfPostgreSql =
        """
        SELECT "Id", "Site", "Scope", "Subject", "TitleExact", "TitleFolded", "TextExact", "TextFolded" FROM "SearchDocuments"
        WHERE "Tokens" @@ CAST({0} AS tsquery)
        """;

    /// <summary>What is found, each with its rank, lowest first: 0 to 2.</summary>
    public static IQueryable<FoundDocument> Find(ContentContext database, string site, string scope, SearchQuery query)
    {
        var found = database.Database.IsNpgsql()
            ? database.SearchDocuments.FromSqlRaw(OfPostgreSql, string.Join(" & ", query.FoldedTokens.Select(token => $"'{token}'")))
            : database.SearchDocuments.FromSqlRaw(OfSqlite, string.Join(" AND ", query.FoldedTokens.Select(token => $"\"{token}\"")));
        found = found.AsNoTracking().Where(document => document.Site == site && document.Scope == scope);
        foreach (var phrase in query.Phrases)
            found = found.Where(document => document.TitleFolded.Contains(phrase) || document.TextFolded.Contains(phrase));
        var exact = query.ExactPhrase;
        return found.Select(document => new FoundDocument
        {
            Subject = document.Subject,
            Rank = document.TitleExact.Contains(exact) ? 0 : document.TextExact.Contains(exact) ? 1 : 2,
        });
    }

    /// <summary>Brings the words of something up to date, with the changes that are saved next.</summary>
    public static async Task PutAsync(ContentContext database, string site, string scope, Guid subject, string title, string text, CancellationToken cancel)
    {
        if (await database.SearchDocuments.FirstOrDefaultAsync(each => each.Subject == subject, cancel) is { } document)
        {
            var (titleWords, textWords) = (SearchText.Of(title), SearchText.Of(text));
            (document.TitleExact, document.TitleFolded) = (titleWords.Exact, titleWords.Folded);
            (document.TextExact, document.TextFolded) = (textWords.Exact, textWords.Folded);
            return;
        }

        database.Add(DocumentOf(site, scope, subject, title, text));
    }

    /// <summary>The words of something new.</summary>
    public static SearchDocument DocumentOf(string site, string scope, Guid subject, string title, string text)
    {
        var (titleWords, textWords) = (SearchText.Of(title), SearchText.Of(text));
        return new SearchDocument
        {
            Site = site,
            Scope = scope,
            Subject = subject,
            TitleExact = titleWords.Exact,
            TitleFolded = titleWords.Folded,
            TextExact = textWords.Exact,
            TextFolded = textWords.Folded,
        };
    }
}

/// <summary>Something that was found.</summary>
internal sealed class FoundDocument
{
    public Guid Subject { get; init; }

    /// <summary>0 where the title has the query as it is spelt, 1 where the text has, 2 where another spelling is found.</summary>
    public int Rank { get; init; }
}
