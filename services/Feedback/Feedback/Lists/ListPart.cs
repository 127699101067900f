using Microsoft.AspNetCore.Http;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.Lists;

/// <summary>
/// Which part of a list is asked for: a page by its number, or what comes after a cursor (<c>?after=</c>).
/// </summary>
/// <param name="Paging">The page; with a cursor only its size counts.</param>
/// <param name="After">The last item that was read; null for a page by its number.</param>
internal readonly record struct ListPart(Paging Paging, ListCursor? After)
{
    /// <summary>Items before the part, from the cursor on.</summary>
    public int Skip => After is null ? Paging.Skip : 0;

    /// <summary>Reads it, or makes the reply that says what is wrong with it.</summary>
    public static IResult? Read(HttpRequest request, ListOrder order, out ListPart part)
    {
        part = default;
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        part = new ListPart(paging, null);
        if ((string?)request.Query["after"] is not { Length: > 0 } after)
        {
            return null;
        }
        if (!string.IsNullOrEmpty(request.Query["page"]) || !ListCursor.TryRead(after, order, out var cursor))
        {
            return Problem.Of(FeedbackProblems.InvalidCursor);
        }
        part = new ListPart(paging, cursor);
        return null;
    }
}

/// <summary>A part of a list that can be read on from where it ends.</summary>
/// <param name="Items">What is in this part.</param>
/// <param name="Total">How many there are in all; left out after a cursor, where nothing is counted.</param>
/// <param name="Page">From 1 on; left out after a cursor.</param>
/// <param name="PageSize">Items of a part.</param>
/// <param name="Next">Where the next part begins, for <c>after</c>; left out where this one is the last.</param>
internal sealed record PartOfList<T>(IReadOnlyList<T> Items, int? Total, int? Page, int PageSize, string? Next);
