using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content;

/// <summary>A change of what has versions, by several operators at once.</summary>
internal static class ConditionalChange
{
    // Each try that fails is a change by somebody else that succeeded.
    private const int MaxTries = 100;

    /// <summary>
    /// Makes a change, and says who was first when somebody was; for a request that changes whatever there is
    /// (<c>If-Match: *</c>) it is made again instead.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="database">What the change works with.</param>
    /// <param name="change">Reads what there is, compares it with what the request says, and changes it.</param>
    /// <param name="conflict">The reply to who was too late.</param>
    public static async Task<IResult> RunAsync(
        HttpContext context,
        ContentContext database,
        Func<Task<IResult>> change,
        Func<Task<IResult>> conflict
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await change();
            }
            catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || UniqueViolation.Is(e))
            {
                if (!IfMatch.IsAny(context))
                {
                    return await conflict();
                }
                if (attempt == MaxTries)
                {
                    return Problem.Of(CommonProblems.ServiceUnavailable, retryAfter: TimeSpan.FromSeconds(1));
                }
                database.ChangeTracker.Clear();
            }
        }
    }
}
