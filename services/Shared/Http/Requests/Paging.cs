using System.Globalization;

namespace PortalServices.Http.Requests;

/// <summary>
/// Which part of a list is asked for: <c>?page=1&amp;pageSize=20</c>. Every list is <c>{items, total, page,
/// pageSize}</c>.
/// </summary>
/// <param name="Page">From 1 on.</param>
/// <param name="Size">Items of a page.</param>
public readonly record struct Paging(int Page, int Size)
{
    /// <summary>The last page that can be asked for.</summary>
    public const int MaxPage = 100_000;

    /// <summary>Items of a page at most.</summary>
    public const int MaxSize = 100;

    /// <summary>Items of a page where nothing is said.</summary>
    public const int UsualSize = 20;

    /// <summary>Items before the page.</summary>
    public int Skip => (Page - 1) * Size;

    /// <summary>Reads it; false, for <see cref="CommonProblems.InvalidPaging"/>, when it is not in range.</summary>
    public static bool TryRead(HttpRequest request, out Paging paging)
    {
        ArgumentNullException.ThrowIfNull(request);
        var hasPage = TryRead(request.Query["page"], 1, MaxPage, out var page);
        var hasSize = TryRead(request.Query["pageSize"], UsualSize, MaxSize, out var size);
        paging = new Paging(page, size);
        return hasPage && hasSize;
    }

    private static bool TryRead(string? text, int otherwise, int most, out int number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text)
            || (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                && number >= 1
                && number <= most
            );
    }
}
