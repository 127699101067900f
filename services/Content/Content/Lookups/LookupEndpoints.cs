using System.Text.Json;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Content.Search;
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
            .TakesPage()
            .Answers<PagedList<LookupItem>>("A page of the list, by slug.")
            .AnswersTag();
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

    public static async Task<IResult> ListAsync(string site, HttpRequest request, LookupQueries queries)
    {
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        var (tables, total) = await queries.ListAsync(site, paging, request.HttpContext.RequestAborted);
        return ETagResult.Json(
            PagedList.Of<LookupItem>([.. tables.Select(each => LookupItem.Of(each.Table, each.Rows))], total, paging)
        );
    }

    private static async Task<IResult> ReadAsync(string site, string slug, HttpRequest request, LookupQueries queries)
    {
        if (!ArticleEndpoints.TryReadQuery(request, out var paging, out var search, out var problem))
        {
            return Problem.Of(problem);
        }
        return
            await queries.ReadAsync(site, slug, search, paging.Skip, paging.Size, request.HttpContext.RequestAborted)
                is { } part
            ? ETagResult.Json(LookupPage.Of(part, search, paging))
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

/// <summary>A lookup table in a list.</summary>
/// <param name="Slug">The name in its address.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Columns">What its cells are.</param>
/// <param name="Rows">How many it has.</param>
internal sealed record LookupItem(
    string Slug,
    string Title,
    string Summary,
    IReadOnlyList<LookupColumn> Columns,
    int Rows
)
{
    public static LookupItem Of(LookupTable table, int rows) =>
        new(table.Slug, table.Title, table.Summary, LookupColumn.Of(table), rows);
}

/// <summary>A part of a lookup table.</summary>
/// <param name="Slug">The name in its address.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Columns">What the cells are.</param>
/// <param name="Items">Rows: the cells, plain texts, one for each column.</param>
/// <param name="Total">Rows in all, or all that were found.</param>
/// <param name="Page">Which part it is.</param>
/// <param name="PageSize">Rows of a part.</param>
/// <param name="Snippets">Of a search, one for each row: where it was found in its cells, with <c>·</c> between
/// them.</param>
internal sealed record LookupPage(
    string Slug,
    string Title,
    string Summary,
    IReadOnlyList<LookupColumn> Columns,
    IReadOnlyList<string[]> Items,
    int Total,
    int Page,
    int PageSize,
    IReadOnlyList<Snippet>? Snippets
)
{
    public static LookupPage Of(LookupPart part, SearchQuery? search, Paging paging) =>
        new(
            part.Table.Slug,
            part.Table.Title,
            part.Table.Summary,
            LookupColumn.Of(part.Table),
            part.Rows,
            part.Total,
            paging.Page,
            paging.Size,
            search is null ? null : [.. part.Rows.Select(row => Snippet.Of(SearchedRow.Of(row).Plain, search))]
        );
}
