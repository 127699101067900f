using System.Text.Json;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Lookups;

/// <summary><c>GET lookups</c> and <c>GET lookups/{slug}?q=</c>: the tables that visitors look things up in.</summary>
internal static class LookupEndpoints
{
    public static readonly ApiField OfSlug = ContentFields.SlugOf(
        "slug",
        "The table's name in its address.",
        "van-ban"
    );

    public static void MapLookups(this IEndpointRouteBuilder site)
    {
        site.MapRead("/lookups", ListAsync)
            .Describe("listLookups", "Lists the lookup tables.")
            .AnswersPage<LookupItem>("A page of the list, by slug.");
        site.MapRead("/lookups/{slug}", ReadAsync)
            .Describe("readLookup", "Reads a lookup table, or the rows that a search finds.")
            .Takes(OfSlug, ArticleEndpoints.Search)
            .TakesPage()
            .Answers<LookupPage>(
                "A page of its rows, in their order, or those found in the order of a search of articles, the first cell being the title."
            )
            .AnswersTag()
            .Fails(CommonProblems.InvalidSearch, ContentProblems.UnknownLookup);
    }

    /// <summary>The tables of a site by their names, with the numbers of their rows.</summary>
    public static Task<IResult> ListAsync(string site, HttpRequest request, ContentContext database) =>
        database
            .LookupTables.Where(table => table.Site == site)
            .OrderBy(table => table.Slug)
            .Select(table => new { Table = table, Rows = database.LookupRows.Count(row => row.TableId == table.Id) })
            .ReplyAsync(request, each => new LookupItem(each.Table, each.Rows));

    private static async Task<IResult> ReadAsync(string site, string slug, HttpRequest request, LookupQueries queries)
    {
        if (!ArticleEndpoints.TryReadSearch(request, out var paging, out var search, out var problem))
        {
            return problem;
        }
        return
            await queries.ReadAsync(site, slug, search, paging.Skip, paging.Size, request.HttpContext.RequestAborted)
                is { } part
            ? ETagResult.Json(new LookupPage(part, search, paging))
            : Problem.Of(ContentProblems.UnknownLookup);
    }
}

/// <summary>A column of a lookup table.</summary>
/// <param name="Name">For programs: a letter, then letters, digits, <c>_</c> and <c>-</c>; once in a table.</param>
/// <param name="Title">For people.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LookupColumn(string? Name = null, string? Title = null)
{
    /// <summary>The columns of a table.</summary>
    public static IReadOnlyList<LookupColumn> Of(LookupTable table) =>
        JsonSerializer.Deserialize<LookupColumn[]>(table.Columns, PortalJson.Options)!;
}

/// <summary>What every reply shows of a lookup table.</summary>
internal abstract class LookupReply(LookupTable table)
{
    /// <summary>The name in its address.</summary>
    [JsonPropertyOrder(-1)]
    public string Slug { get; init; } = table.Slug;

    /// <summary>Plain text.</summary>
    [JsonPropertyOrder(-1)]
    public string Title { get; init; } = table.Title;

    /// <summary>Plain text.</summary>
    [JsonPropertyOrder(-1)]
    public string Summary { get; init; } = table.Summary;
}

/// <summary>A lookup table in a list.</summary>
internal sealed class LookupItem(LookupTable table, int rows) : LookupReply(table)
{
    /// <summary>What its cells are.</summary>
    public IReadOnlyList<LookupColumn> Columns { get; init; } = LookupColumn.Of(table);

    /// <summary>How many it has.</summary>
    public int Rows { get; init; } = rows;
}

/// <summary>A part of a lookup table.</summary>
internal sealed class LookupPage(LookupPart part, SearchQuery? search, Paging paging) : LookupReply(part.Table)
{
    /// <summary>What the cells are.</summary>
    public IReadOnlyList<LookupColumn> Columns { get; init; } = LookupColumn.Of(part.Table);

    /// <summary>Rows: the cells, plain texts, one for each column.</summary>
    public IReadOnlyList<string[]> Items { get; init; } = part.Rows;

    /// <summary>Rows in all, or all that were found.</summary>
    public int Total { get; init; } = part.Total;

    /// <summary>Which part it is.</summary>
    public int Page { get; init; } = paging.Page;

    /// <summary>Rows of a part.</summary>
    public int PageSize { get; init; } = paging.Size;

    /// <summary>
    /// Of a search, one for each row: where it was found in its cells, with <c>·</c> between them.
    /// </summary>
    public IReadOnlyList<Snippet>? Snippets { get; init; } =
        search is null ? null : [.. part.Rows.Select(row => Snippet.Of(LookupRow.SearchedText(row).Plain, search))];
}
