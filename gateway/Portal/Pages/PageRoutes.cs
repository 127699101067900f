using PortalServices.Edge.Limits;
using PortalServices.Http.Requests;
using PortalServices.Portal.Rendering;
using PortalServices.ServiceDefaults.Doors;

namespace PortalServices.Portal.Pages;

/// <summary>The routes of pages.</summary>
internal sealed class PageRoutes(IEndpointRouteBuilder routes, PortalPages pages)
{
    /// <summary>
    /// The largest form, in bytes. It is larger than what a service takes, so that a text that is too long comes back
    /// to its writer: ten thousand letters of three bytes, each byte escaped, in five fields.
    /// </summary>
    public const int MaxFormBytes = 512 * 1024;

    /// <summary>A page to read.</summary>
    public void MapPage(string path, Func<PageRequest, Task<IResult>> show, PageUse use = PageUse.Read) =>
        Map(path, [HttpMethods.Get, HttpMethods.Head], show, use);

    /// <summary>Where a form of a page is sent.</summary>
    public void MapForm(string path, Func<PageRequest, Task<IResult>> take, PageUse use) =>
        Map(path, [HttpMethods.Post], take, use).WithMetadata(new BodySizeLimit(MaxFormBytes));

    private IEndpointConventionBuilder Map(
        string path,
        string[] methods,
        Func<PageRequest, Task<IResult>> handle,
        PageUse use
    ) =>
        routes
            .MapMethods(
                path,
                methods,
                async context =>
                    // Operators and machines have other pages.
                    await (
                        context.Door() is Door.Public
                            ? await handle(new PageRequest(context, pages))
                            : Problem.Of(CommonProblems.NotFound)
                    ).ExecuteAsync(context)
            )
            .WithMetadata(new PageLimit(use))
            .ExcludeFromDescription();
}
