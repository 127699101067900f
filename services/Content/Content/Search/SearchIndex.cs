using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using PortalServices.Content.Storage;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Search;

/// <summary>
/// Search by words, the same on every database: the index finds what has all the words, the phrases are compared with
/// the words as they are stored. The order is: the query as it is spelt in the title, in any spelling in the title, all
/// its words in the title; then as it is spelt in the text, in any spelling in the text; then all its words anywhere.
/// </summary>
internal static class SearchIndex
{
    public const string Articles = "articles";

    /// <summary>
    /// How words are made of texts at present. Raise it whenever the words of the same text become others.
    /// </summary>
    public const int TextVersion = 1;

    // From the words to the documents, and never the other way round: an index that is asked once a document makes a
    // search quadratic. What is joined behind it keeps its place by its tag.
    private const string OfSqlite = """
        SELECT d.* FROM "SearchTokens" AS t CROSS JOIN "SearchDocuments" AS d
        WHERE t."SearchTokens" MATCH {0} AND d."Id" = t.rowid
        """;

    private const string OfPostgreSql = """
        SELECT d.* FROM "SearchDocuments" AS d WHERE d."Tokens" @@ CAST({0} AS tsquery)
        """;

    /// <summary>What is found, each with its rank, lowest first: 0 to 5.</summary>
    public static IQueryable<FoundDocument> Find(ContentContext database, string site, string scope, SearchQuery query)
    {
        var found = database.Database.IsNpgsql()
            ? database.SearchDocuments.FromSqlRaw(OfPostgreSql, Tokens(query, " & ", " | ", '\''))
            : database.SearchDocuments.FromSqlRaw(OfSqlite, Tokens(query, " AND ", " OR ", '"'));
        found = found
            .AsNoTracking()
            .TagWith(JoinOrderInterceptor.Tag)
            .Where(document => document.Site == site && document.Scope == scope);
        foreach (var (phrase, number) in query.Terms)
        {
            found = number is null
                ? found.Where(document => document.TitleFolded.Contains(phrase) || document.TextFolded.Contains(phrase))
                : found.Where(document =>
                    document.TitleFolded.Contains(phrase)
                    || document.TextFolded.Contains(phrase)
                    || document.TitleFolded.Contains(number)
                    || document.TextFolded.Contains(number)
                );
        }

        return found.Select(RankedBy(query));
    }

    // The terms of the index's own language. Tokens are letters and digits alone, so none of them can be a word of it.
    private static string Tokens(SearchQuery query, string and, string or, char quote) =>
        string.Join(
            and,
            query.Terms.Select(term =>
            {
                var phrase = string.Join(
                    and,
                    term.Phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Distinct(StringComparer.Ordinal)
                        .Select(token => $"{quote}{token}{quote}")
                );
                return term.Number is { } number ? $"(({phrase}){or}{quote}{number.Trim()}{quote})" : $"({phrase})";
            })
        );

    private static Expression<Func<SearchDocument, FoundDocument>> RankedBy(SearchQuery query)
    {
        var (exact, folded) = (query.ExactPhrase, query.FoldedPhrase);
        Expression<Func<SearchDocument, bool>>[] ranks =
        [
            document => document.TitleExact.Contains(exact),
            document => document.TitleFolded.Contains(folded),
            All([.. query.Terms.Select(InTitle)]),
            document => document.TextExact.Contains(exact),
            document => document.TextFolded.Contains(folded),
        ];
        Expression<Func<SearchDocument, int, FoundDocument>> found = (document, rank) =>
            new FoundDocument { Subject = document.Subject, Rank = rank };
        var document = found.Parameters[0];
        Expression first = Expression.Constant(ranks.Length);
        for (var i = ranks.Length - 1; i >= 0; i--)
        {
            first = Expression.Condition(BodyOf(ranks[i], document), Expression.Constant(i), first);
        }
        return Expression.Lambda<Func<SearchDocument, FoundDocument>>(
            ReplacingExpressionVisitor.Replace(found.Parameters[1], first, found.Body),
            document
        );
    }

    private static Expression<Func<SearchDocument, bool>> InTitle(SearchTerm term)
    {
        var (phrase, number) = term;
        return number is null
            ? document => document.TitleFolded.Contains(phrase)
            : document => document.TitleFolded.Contains(phrase) || document.TitleFolded.Contains(number);
    }

    private static Expression<Func<SearchDocument, bool>> All(
        IReadOnlyList<Expression<Func<SearchDocument, bool>>> conditions
    )
    {
        var document = Expression.Parameter(typeof(SearchDocument), "document");
        return Expression.Lambda<Func<SearchDocument, bool>>(
            conditions.Select(condition => BodyOf(condition, document)).Aggregate(Expression.AndAlso),
            document
        );
    }

    private static Expression BodyOf(Expression<Func<SearchDocument, bool>> condition, ParameterExpression document) =>
        ReplacingExpressionVisitor.Replace(condition.Parameters[0], document, condition.Body);

    /// <summary>The words of something new.</summary>
    public static SearchDocument DocumentOf(string site, string scope, Guid subject, SearchedText text) =>
        Apply(
            new SearchDocument
            {
                Site = site,
                Scope = scope,
                Subject = subject,
            },
            text
        );

    /// <summary>Makes the words anew.</summary>
    public static SearchDocument Apply(SearchDocument document, SearchedText text)
    {
        var (title, words) = (SearchText.Of(text.Title), SearchText.Of($"{text.Plain} {text.Besides}"));
        (document.TitleExact, document.TitleFolded) = (title.Exact, title.Folded + title.Numbers);
        (document.TextExact, document.TextFolded) = (words.Exact, words.Folded + words.Numbers);
        (document.Plain, document.TextVersion) = (text.Plain, TextVersion);
        return document;
    }
}

/// <summary>What is searched of something.</summary>
/// <param name="Title">Comes before everything else; plain text.</param>
/// <param name="Plain">The text that snippets are cut from.</param>
/// <param name="Besides">More words that it is found by, such as its author; plain text.</param>
internal sealed record SearchedText(string Title, string Plain, string Besides = "");

/// <summary>Something that was found.</summary>
internal sealed class FoundDocument
{
    public Guid Subject { get; init; }

    /// <summary>0 to 5 as <see cref="SearchIndex"/> orders.</summary>
    public int Rank { get; init; }
}
