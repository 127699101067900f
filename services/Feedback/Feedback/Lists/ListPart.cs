using PortalServices.ApiDocuments;

namespace PortalServices.Feedback.Lists;

/// <summary>
/// Which part of a list is asked for: a page by its number, or what comes after a cursor (<c>?after=</c>).
/// </summary>
/// <param name="Order">The order that the list is in.</param>
/// <param name="Paging">The page; with a cursor only its size counts.</param>
/// <param name="After">The last item that was read; null for a page by its number.</param>
internal readonly record struct ListPart(ListOrder Order, Paging Paging, ListCursor? After)
{
    /// <summary>Items before the part, from the cursor on.</summary>
    public int Skip => After is null ? Paging.Skip : 0;

    /// <summary>Reads it, or makes the reply that says what is wrong with it.</summary>
    public static IResult? Read(HttpRequest request, ListOrder order, out ListPart part)
    {
        var isPaged = Paging.TryRead(request, out var paging);
        part = new ListPart(order, paging, null);
        if (!isPaged)
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        if ((string?)request.Query["after"] is not { Length: > 0 } after)
        {
            return null;
        }
        if (!string.IsNullOrEmpty(request.Query["page"]) || !ListCursor.TryRead(after, order, out var cursor))
        {
            return Problem.Of(FeedbackProblems.InvalidCursor);
        }
        part = part with { After = cursor };
        return null;
    }
}

/// <summary>How the API document describes parts of lists.</summary>
internal static class ListContract
{
    private static readonly ApiField After = new(
        "after",
        "What comes after another part of the list: its `next`, as it is, with the same filters and order. What comes or goes meanwhile moves nothing. Without `page`; nothing is counted.",
        ApiValue.Text(
            new ListCursor(
                ListOrder.Newest,
                0,
                1_781_000_000_000,
                new Guid("0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57")
            ).ToString(),
            most: ListCursor.Length
        )
    );

    /// <summary>A part of a list, as <see cref="ListPart"/> reads it.</summary>
    public static RouteHandlerBuilder TakesPart(this RouteHandlerBuilder route) =>
        route.TakesPage().Takes(After).Fails(FeedbackProblems.InvalidCursor);
}

/// <summary>A part of a list that can be read on from where it ends.</summary>
/// <param name="Items">What is in this part.</param>
/// <param name="Total">How many there are in all; left out after a cursor, where nothing is counted.</param>
/// <param name="Page">From 1 on; left out after a cursor.</param>
/// <param name="PageSize">Items of a part.</param>
/// <param name="Next">Where the next part begins, for <c>after</c>; left out where this one is the last.</param>
internal sealed record PartOfList<T>(IReadOnlyList<T> Items, int? Total, int? Page, int PageSize, string? Next);
