using Microsoft.EntityFrameworkCore;
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
            .TakesPage()
            .Answers<PagedList<LookupItem>>("A page of the list, by slug.")
            .AnswersTag();
        site.MapRead("/lookups/{slug}", ReadAsync)
            .Describe("readWholeLookup", "Reads a lookup table whole.")
            .Takes(LookupEndpoints.OfSlug)
            .Answers<EditedLookup>("The table.")
            .AnswersVersion()
            .Fails(ContentProblems.UnknownLookup);
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
            .Answers<EditedLookup>("Made.", StatusCodes.Status201Created)
            .Answers<EditedLookup>("Replaced.")
            .Fails(CommonProblems.InvalidFields, ContentProblems.UnknownLookup);
        site.MapDelete("/lookups/{slug}", DeleteAsync)
            .Describe("deleteLookup", "Deletes a lookup table.")
            .Takes(LookupEndpoints.OfSlug)
            .TakesVersion()
            .Answers(StatusCodes.Status204NoContent, "It is gone.")
            .Fails(ContentProblems.UnknownLookup);
    }

    private static async Task<IResult> ReadAsync(
        string site,
        string slug,
        HttpContext context,
        LookupQueries queries
    ) =>
        await queries.ReadAsync(site, slug, null, 0, LookupTable.MaxRows, context.RequestAborted) is { } whole
            ? Reply(context, whole)
            : Problem.Of(ContentProblems.UnknownLookup);

    private static async Task<IResult> PutAsync(
        string site,
        string slug,
        HttpContext context,
        ContentContext database,
        LookupEditing editing,
        LookupQueries queries
    )
    {
        var (input, problem) = await JsonBody.ReadAsync<LookupInput>(context.Request, MaxBytes);
        if (input is null)
        {
            return problem!;
        }
        if (input.Problem(context, slug) is { } mistakes)
        {
            return mistakes;
        }
        return await ConditionalChange.RunAsync(
            context,
            database,
            () => PutTableAsync(site, slug, input, context, database, editing, queries),
            () => ConflictAsync(site, slug, context, database)
        );
    }

    private static async Task<IResult> PutTableAsync(
        string site,
        string slug,
        LookupInput input,
        HttpContext context,
        ContentContext database,
        LookupEditing editing,
        LookupQueries queries
    )
    {
        var cancel = context.RequestAborted;
        var table = await FindAsync(site, slug, database, cancel);
        if (table is null && IfMatch.IsAny(context))
        {
            return Problem.Of(ContentProblems.UnknownLookup);
        }
        if (IfMatch.Problem(context, table?.Version) is { } mismatch)
        {
            return mismatch;
        }
        var status = table is null ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        if (table is null)
        {
            await editing.CreateAsync(site, slug, input, cancel);
        }
        else
        {
            await editing.ReplaceAsync(table, input, cancel);
        }
        var whole = await queries.ReadAsync(site, slug, null, 0, LookupTable.MaxRows, cancel);
        return whole is null ? Problem.Of(ContentProblems.UnknownLookup) : Reply(context, whole, status);
    }

    private static Task<IResult> DeleteAsync(
        string site,
        string slug,
        HttpContext context,
        ContentContext database,
        LookupEditing editing
    ) =>
        ConditionalChange.RunAsync(
            context,
            database,
            async () =>
            {
                if (await FindAsync(site, slug, database, context.RequestAborted) is not { } table)
                {
                    return Problem.Of(ContentProblems.UnknownLookup);
                }
                if (IfMatch.Problem(context, table.Version) is { } mismatch)
                {
                    return mismatch;
                }
                await editing.DeleteAsync(table, context.RequestAborted);
                return Results.NoContent();
            },
            () => ConflictAsync(site, slug, context, database)
        );

    private static async Task<IResult> ConflictAsync(
        string site,
        string slug,
        HttpContext context,
        ContentContext database
    )
    {
        var present = await database
            .LookupTables.Where(table => table.Site == site && table.Slug == slug)
            .Select(table => (long?)table.Version)
            .FirstOrDefaultAsync(context.RequestAborted);
        return present is { } version ? IfMatch.Conflict(context, version) : Problem.Of(CommonProblems.VersionConflict);
    }

    private static Task<LookupTable?> FindAsync(
        string site,
        string slug,
        ContentContext database,
        CancellationToken cancel
    ) => database.LookupTables.FirstOrDefaultAsync(table => table.Site == site && table.Slug == slug, cancel);

    private static IResult Reply(HttpContext context, LookupPart whole, int status = StatusCodes.Status200OK)
    {
        IfMatch.Tag(context, whole.Table.Version);
        return Results.Json(EditedLookup.Of(whole), PortalJson.Replies, statusCode: status);
    }
}

/// <summary>A lookup table as editors see it.</summary>
/// <param name="Slug">The name in its address.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Columns">What the cells are.</param>
/// <param name="Rows">All of them: the cells, plain texts, one for each column.</param>
/// <param name="Version">Grows by one with each change; the entity tag.</param>
internal sealed record EditedLookup(
    string Slug,
    string Title,
    string Summary,
    IReadOnlyList<LookupColumn> Columns,
    IReadOnlyList<string[]> Rows,
    long Version
)
{
    public static EditedLookup Of(LookupPart whole) =>
        new(
            whole.Table.Slug,
            whole.Table.Title,
            whole.Table.Summary,
            LookupColumn.Of(whole.Table),
            whole.Rows,
            whole.Table.Version
        );
}
