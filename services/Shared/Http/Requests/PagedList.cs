namespace PortalServices.Http.Requests;

/// <summary>A part of a list.</summary>
/// <param name="Items">What is on this page.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="Page">From 1 on.</param>
/// <param name="PageSize">Items on a page.</param>
public sealed record PagedList<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize);

/// <summary>Makes parts of lists.</summary>
public static class PagedList
{
    /// <summary>The part that was asked for.</summary>
    public static PagedList<T> Of<T>(IReadOnlyList<T> items, int total, Paging paging) =>
        new(items, total, paging.Page, paging.Size);
}
