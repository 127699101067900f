using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;
using PortalServices.Database;
using PortalServices.OperatorAccess.Gate;

namespace PortalServices.Content;

/// <summary>What is changed by who says which version was read before.</summary>
internal interface IVersioned
{
    long Version { get; }
}

/// <summary>An operator's request for one thing of a site, by its id.</summary>
internal sealed record EditRequest(string Site, Guid Id, HttpContext Context)
{
    public string By => Context.Operator()!.Name;

    public CancellationToken Aborted => Context.RequestAborted;
}

/// <summary>A change of what has versions, by several operators at once.</summary>
internal static class ConditionalChange
{
    // Each try that fails is a change by somebody else that succeeded.
    private const int MaxTries = 100;

    /// <summary>
    /// Makes a change of what is found, when it is as the request says by <c>If-Match</c>; when it is not there any
    /// more, because somebody else deleted it meanwhile, that can have a reply of its own.
    /// </summary>
    public static Task<IResult> RunAsync<T>(
        HttpContext context,
        ContentContext database,
        IQueryable<T> found,
        ProblemCode unknown,
        Func<T, Task<IResult>> change,
        ProblemCode? gone = null
    )
        where T : class, IVersioned =>
        RunAsync(
            context,
            database,
            found,
            async thing =>
                thing is null ? Problem.Of(unknown) : IfMatch.Problem(context, thing.Version) ?? await change(thing),
            gone ?? unknown
        );

    /// <summary>
    /// Makes a change, which compares what there is with what the request says, and replies with the present version
    /// when somebody else was first; for a request that changes whatever there is (<c>If-Match: *</c>) it is made again
    /// instead.
    /// </summary>
    public static async Task<IResult> RunAsync<T>(
        HttpContext context,
        ContentContext database,
        IQueryable<T> found,
        Func<T?, Task<IResult>> change,
        ProblemCode gone
    )
        where T : class, IVersioned
    {
        var cancel = context.RequestAborted;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await change(await found.FirstOrDefaultAsync(cancel));
            }
            catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || UniqueViolation.Is(e))
            {
                if (!IfMatch.IsAny(context))
                {
                    return await found.Select(thing => (long?)thing.Version).FirstOrDefaultAsync(cancel) is { } present
                        ? IfMatch.Conflict(context, present)
                        : Problem.Of(gone);
                }
                if (attempt == MaxTries)
                {
                    return Problem.Of(CommonProblems.ServiceUnavailable, retryAfter: TimeSpan.FromSeconds(1));
                }
                database.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>Replies with something and its version, to be sent with the next change.</summary>
    public static IResult Reply<T>(HttpContext context, T thing, int status = StatusCodes.Status200OK)
        where T : IVersioned
    {
        IfMatch.Tag(context, thing.Version);
        return Results.Json(thing, PortalJson.Replies, statusCode: status);
    }

    /// <summary>Documents reading something that is changed by its version.</summary>
    public static RouteHandlerBuilder ReadsVersion<T>(
        this RouteHandlerBuilder route,
        ApiField name,
        string description,
        ProblemCode unknown
    ) => route.Takes(name).Answers<T>(description).AnswersVersion().Fails(unknown);

    /// <summary>Documents deleting it.</summary>
    public static RouteHandlerBuilder DeletesVersion(
        this RouteHandlerBuilder route,
        ApiField name,
        ProblemCode unknown
    ) => route.Takes(name).TakesVersion().Answers(StatusCodes.Status204NoContent, "It is gone.").Fails(unknown);
}
