using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Articles;

/// <summary>The categories of a site, in their order.</summary>
internal static class CategoryList
{
    /// <summary>The page that is asked for, each category as <paramref name="show"/> reads it.</summary>
    public static async Task<IResult> ReadAsync<TItem>(
        string site,
        HttpRequest request,
        ContentContext database,
        Expression<Func<Category, TItem>> show
    )
    {
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        var cancel = request.HttpContext.RequestAborted;
        var categories = database.Categories.Where(category => category.Site == site);
        var items = await categories
            .OrderBy(category => category.Order)
            .ThenBy(category => category.Slug)
            .Skip(paging.Skip)
            .Take(paging.Size)
            .Select(show)
            .ToListAsync(cancel);
        return ETagResult.Json(PagedList.Of<TItem>(items, await categories.CountAsync(cancel), paging));
    }
}
