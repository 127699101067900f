using PortalServices.Portal.Rendering;

namespace PortalServices.Portal.Pages;

/// <summary>What fails at a page's address is told a browser as a page.</summary>
internal sealed class ProblemPages(PortalPages pages) : IProblemView
{
    private static readonly PathString[] Others = ["/api", "/openapi", "/docs", "/health", "/metrics"];

    public static void Use(IApplicationBuilder app)
    {
        var view = app.ApplicationServices.GetRequiredService<ProblemPages>();
        app.Use(
            (context, next) =>
            {
                if (IsForReaders(context.Request))
                {
                    context.Features.Set<IProblemView>(view);
                }
                return next(context);
            }
        );
    }

    public async Task WriteAsync(HttpContext context, ProblemCode code, string? detail)
    {
        var page = new PageRequest(context, pages);
        var isMissing = code.Status == StatusCodes.Status404NotFound;
        var reply = await page.ShowOnceAsync<MessagePage>(
            code.Status,
            "/",
            (nameof(MessagePage.Title), page.Text.IsEnglish ? code.English : code.Vietnamese),
            (
                nameof(MessagePage.Words),
                isMissing
                    ? page.Text[
                        "Trang bạn tìm không có hoặc không còn nữa. Hãy tìm bằng ô tìm kiếm, hoặc về trang chủ.",
                        "The page is not there, or not any more. Use the search, or go to the first page."
                    ]
                    : ""
            ),
            (nameof(MessagePage.BackTo), "/"),
            (nameof(MessagePage.BackName), page.Text["Về trang chủ", "To the first page"]),
            (nameof(MessagePage.Reference), code.Code)
        );
        await reply.ExecuteAsync(context);
    }

    private static bool IsForReaders(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !Others.Any(other => request.Path.StartsWithSegments(other, StringComparison.OrdinalIgnoreCase));
}
