using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Lookups;

/// <summary>
/// Operators' <c>lookups</c>: list, read whole, make or replace whole, delete. A change of a table that exists says by
/// <c>If-Match</c> what was read before it.
/// </summary>
internal static class LookupOperatorEndpoints
{
    /// <summary>The largest body of a request.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    public static void MapLookupEditing(this IEndpointRouteBuilder site)
    {
        site.MapRead("/lookups", LookupEndpoints.ListAsync)
            .Describe("listAllLookups", "Lists the lookup tables.")
            .AnswersPage<LookupItem>("A page of the list, by slug.");
        site.MapRead("/lookups/{slug}", ReadAsync)
            .Describe("readWholeLookup", "Reads a lookup table whole.")
            .ReadsVersion<EditorLookup>(LookupEndpoints.OfSlug, "The table.", ContentProblems.UnknownLookup);
        site.MapPut("/lookups/{slug}", PutAsync)
            .Describe("putLookup", "Makes a lookup table, or replaces it whole.", "To replace one, send `If-Match`.")
            .Takes(LookupEndpoints.OfSlug)
            .TakesVersion(isRequired: false)
            .Takes(
                new ApiField(
                    "If-None-Match",
                    "`*` makes sure that a table that exists is not replaced.",
                    ApiValue.OneOf(["*"])
                )
            )
            .TakesBody<LookupInput>()
            .Answers<EditorLookup>("Made.", StatusCodes.Status201Created)
            .Answers<EditorLookup>("Replaced.")
            .Fails(CommonProblems.InvalidFields, ContentProblems.UnknownLookup);
        site.MapDelete("/lookups/{slug}", DeleteAsync)
            .Describe("deleteLookup", "Deletes a lookup table.")
            .DeletesVersion(LookupEndpoints.OfSlug, ContentProblems.UnknownLookup);
    }

    private static Task<IResult> ReadAsync(string site, string slug, HttpContext context, LookupQueries queries) =>
        ReplyAsync(site, slug, context, queries, StatusCodes.Status200OK);

    private static async Task<IResult> PutAsync(
        string site,
        string slug,
        HttpContext context,
        ContentContext database,
        LookupEditor editing,
        LookupQueries queries
    )
    {
        var (input, problem) = await ContentFields.ReadAsync<LookupInput>(
            context,
            MaxBytes,
            sent => sent.Problem(context, slug)
        );
        return input is null
            ? problem!
            : await ConditionalChange.RunAsync(
                context,
                database,
                Find(site, slug, database),
                async table =>
                {
                    if (table is null && IfMatch.IsAny(context))
                    {
                        return Problem.Of(ContentProblems.UnknownLookup);
                    }
                    if (IfMatch.Problem(context, table?.Version) is { } mismatch)
                    {
                        return mismatch;
                    }
                    var status = table is null ? StatusCodes.Status201Created : StatusCodes.Status200OK;
                    await (
                        table is null
                            ? editing.CreateAsync(site, slug, input, context.RequestAborted)
                            : editing.ReplaceAsync(table, input, context.RequestAborted)
                    );
                    return await ReplyAsync(site, slug, context, queries, status);
                },
                CommonProblems.VersionConflict
            );
    }

    private static Task<IResult> DeleteAsync(
        string site,
        string slug,
        HttpContext context,
        ContentContext database,
        LookupEditor editing
    ) =>
        ConditionalChange.RunAsync(
            context,
            database,
            Find(site, slug, database),
            ContentProblems.UnknownLookup,
            async table =>
            {
                await editing.DeleteAsync(table, context.RequestAborted);
                return Results.NoContent();
            },
            gone: CommonProblems.VersionConflict
        );

    private static IQueryable<LookupTable> Find(string site, string slug, ContentContext database) =>
        database.LookupTables.Where(table => table.Site == site && table.Slug == slug);

    private static async Task<IResult> ReplyAsync(
        string site,
        string slug,
        HttpContext context,
        LookupQueries queries,
        int status
    ) =>
        await queries.ReadAsync(site, slug, null, 0, LookupTable.MaxRows, context.RequestAborted) is { } whole
            ? ConditionalChange.Reply(context, new EditorLookup(whole), status)
            : Problem.Of(ContentProblems.UnknownLookup);
}

/// <summary>A lookup table as editors see it.</summary>
internal sealed class EditorLookup(LookupPart whole) : LookupReply(whole.Table), IVersioned
{
    /// <summary>What the cells are.</summary>
    public IReadOnlyList<LookupColumn> Columns { get; init; } = LookupColumn.Of(whole.Table);

    /// <summary>All of them: the cells, plain texts, one for each column.</summary>
    public IReadOnlyList<string[]> Rows { get; init; } = whole.Rows;

    /// <summary>Grows by one with each change; the entity tag.</summary>
    public long Version { get; init; } = whole.Table.Version;
}
