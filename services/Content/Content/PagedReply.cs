using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;

namespace PortalServices.Content;

/// <summary>Replies with a page of a list.</summary>
internal static class PagedReply
{
    /// <summary>Documents a reply with a page.</summary>
    public static RouteHandlerBuilder AnswersPage<TItem>(this RouteHandlerBuilder route, string description) =>
        route.TakesPage().Answers<PagedList<TItem>>(description).AnswersTag();

    /// <summary>The page that is asked for of <paramref name="rows"/>, which have an order.</summary>
    public static async Task<IResult> ReplyAsync<TRow, TItem>(
        this IQueryable<TRow> rows,
        HttpRequest request,
        Func<TRow, TItem> show
    )
        where TRow : class =>
        Paging.TryRead(request, out var paging)
            ? await rows.ReplyAsync(paging, show, request.HttpContext.RequestAborted)
            : Problem.Of(CommonProblems.InvalidPaging);

    /// <summary>A page of <paramref name="rows"/>, which have an order.</summary>
    public static async Task<IResult> ReplyAsync<TRow, TItem>(
        this IQueryable<TRow> rows,
        Paging paging,
        Func<TRow, TItem> show,
        CancellationToken cancel
    )
        where TRow : class
    {
        var items = await rows.Skip(paging.Skip).Take(paging.Size).AsNoTracking().ToListAsync(cancel);
        return ETagResult.Json(PagedList.Of<TItem>([.. items.Select(show)], await rows.CountAsync(cancel), paging));
    }
}
