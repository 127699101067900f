namespace PortalServices.ServiceDefaults;

/// <summary>A part of a list.</summary>
/// <param name="Items">The part.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="Page">Which part, from 1 on.</param>
/// <param name="PageSize">Items of a part.</param>
public sealed record Listed<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize);

/// <summary>Makes parts of lists.</summary>
public static class Listed
{
    /// <summary>The part that was asked for.</summary>
    public static Listed<T> Of<T>(IReadOnlyList<T> items, int total, Paging paging) => new(items, total, paging.Page, paging.Size);
}
