using PortalServices.Portal.Rendering;
using PortalServices.ServiceDefaults.Doors;

namespace PortalServices.Portal.Pages;

/// <summary>Problems at the addresses of pages, as pages for browsers.</summary>
internal sealed partial class ProblemPages(PortalPages pages, ILogger<ProblemPages> logger) : IProblemView
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
        IResult reply;
        try
        {
            reply = await PageOfAsync(context, code);
        }
#pragma warning disable CA1031 // Whatever is wrong with the page, the problem is answered.
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFault(fault, code.Code);
            context.Features.Set<IProblemView>(null);
            reply = Problem.Of(code, detail);
        }
        await reply.ExecuteAsync(context);
    }

    private Task<IResult> PageOfAsync(HttpContext context, ProblemCode code)
    {
        var page = new PageRequest(context, pages);
        var isMissing = code.Status == StatusCodes.Status404NotFound;
        return page.ShowMessageAsync(
            code.Status,
            (
                nameof(MessagePage.Title),
                code == CommonProblems.ForeignOrigin
                    ? page.Text[
                        "Biểu mẫu này được gửi từ một trang web khác, nên không được nhận.",
                        "This form was sent from another website, and is not taken."
                    ]
                : page.Text.IsEnglish ? code.English
                : code.Vietnamese
            ),
            (
                nameof(MessagePage.Words),
                context.Response.Headers.RetryAfter is [{ } seconds]
                    ? page.Text[$"Hãy thử lại sau {seconds} giây.", $"Try again in {seconds} seconds."]
                : isMissing
                    ? page.Text[
                        "Trang bạn tìm không có hoặc không còn nữa. Hãy tìm bằng ô tìm kiếm, hoặc về trang chủ.",
                        "The page is not there, or not any more. Use the search, or go to the home page."
                    ]
                : ""
            ),
            (nameof(MessagePage.BackTo), "/"),
            (nameof(MessagePage.BackName), page.Text["Về trang chủ", "To the home page"]),
            (nameof(MessagePage.Reference), code.Code)
        );
    }

    private static bool IsForReaders(HttpRequest request) =>
        // Operators and machines have other pages.
        request.HttpContext.Door() is Door.Public
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !Others.Any(other => request.Path.StartsWithSegments(other, StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(Level = LogLevel.Error, Message = "The page of {Code} failed")]
    private partial void LogFault(Exception exception, string code);
}
