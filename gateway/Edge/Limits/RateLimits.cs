using System.Net;
using Microsoft.Extensions.Options;
using PortalServices.Sites;

namespace PortalServices.Edge.Limits;

/// <summary>
/// What visitors may do only so often: read page numbers and traffic, which can cost a read of the store each; ask for
/// captchas and their images and sounds, which must be drawn; send feedback; guess receipts; read, search and
/// rate content.
/// Counting views and the box have no limit.
/// </summary>
internal sealed class RateLimits(IOptions<EdgeOptions> options, EdgeTelemetry telemetry) : IDisposable
{
    private static readonly string[] ContentRoutes =
    [
        "/articles",
        "/categories",
        "/videos",
        "/lookups",
        "/feed.atom",
        "/feed.rss",
    ];

    private readonly RateLimit _pageReads = new(
        "pageReadsPerAddress",
        options.Value.PageReadsPerSecond,
        TimeSpan.FromSeconds(1),
        options.Value.PageReadsBurst
    );

    private readonly ClientLimit _captchas = new("captchas", options.Value.CaptchasPerMinute, options.Value),
        _captchaReads = new("captchaReads", options.Value.CaptchaReadsPerMinute, options.Value),
        _feedback = new("feedback", options.Value.FeedbackPerMinute, options.Value),
        _contentReads = new("contentReads", options.Value.ContentReadsPerMinute, options.Value),
        _searches = new("searches", options.Value.SearchesPerMinute, options.Value),
        _ratings = new("ratings", options.Value.RatingsPerMinute, options.Value),
        _pages = new("pages", options.Value.PagesPerMinute, options.Value);

    private readonly ReceiptReads _receipts = new(options.Value, telemetry);

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Door() is not Door.Public || context.Connection.RemoteIpAddress is not { } address)
        {
            return next(context);
        }
        var request = context.Request;
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageLimit>() is { } page)
        {
            return RunAsync(context, shown => RunPageAsync(shown, next, page.Use, address), _pages, address);
        }
        if (SitePath.TryParse(request.Path, out var path) && !path.IsOperator)
        {
            if (path.Rest.StartsWithSegments("/pages") || path.Rest.StartsWithSegments("/traffic"))
            {
                return _pageReads.WaitFor(RateLimit.OfAddress(address)) is { } wait
                    ? RefuseAsync(context, _pageReads, wait)
                    : next(context);
            }
            if (IsContent(path.Rest))
            {
                if (HttpMethods.IsPost(request.Method))
                {
                    return RunAsync(context, next, _ratings, address);
                }
                return RunAsync(
                    context,
                    string.IsNullOrEmpty(request.Query["q"]) ? next : read => RunAsync(read, next, _searches, address),
                    _contentReads,
                    address
                );
            }
            // A challenge to work on, as one to read, and as much counted for it.
            if (path.Rest.StartsWithSegments("/captchas"))
            {
                return RunAsync(context, next, _captchas, address);
            }
            if (path.Rest.StartsWithSegments("/feedback", out var rest))
            {
                return HttpMethods.IsPost(request.Method) ? RunAsync(context, next, _feedback, address)
                    : !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) ? next(context)
                    // Asked while somebody types, and cheap.
                    : rest.StartsWithSegments("/similar") ? RunAsync(context, next, _contentReads, address)
                    : rest.HasValue ? _receipts.RunAsync(context, next, address)
                    : string.IsNullOrEmpty(request.Query["q"]) ? next(context)
                    : RunAsync(context, next, _searches, address);
            }
        }

        return request.Path.StartsWithSegments("/api/captchas")
            ? RunAsync(context, next, HttpMethods.IsPost(request.Method) ? _captchas : _captchaReads, address)
            : next(context);
    }

    // What a page asks of the services for its visitor is the visitor's.
    private Task RunPageAsync(HttpContext context, RequestDelegate next, PageUse use, IPAddress address) =>
        use switch
        {
            PageUse.SendFeedback => RunFormAsync(context, next, _feedback, address),
            PageUse.Rate => RunFormAsync(context, next, _ratings, address),
            PageUse.ReadReceipt when !string.IsNullOrEmpty(context.Request.Query["receipt"]) => _receipts.RunAsync(
                context,
                next,
                address
            ),
            PageUse.Read when !string.IsNullOrEmpty(context.Request.Query["q"]) => RunAsync(
                context,
                next,
                _searches,
                address
            ),
            _ => next(context),
        };

    private static Task RunFormAsync(HttpContext context, RequestDelegate next, ClientLimit limit, IPAddress address)
    {
        var request = context.Request;
        context.Features.Set(new FormShare(() => limit.Take(address, request) is var (_, wait) ? wait : null));
        return next(context);
    }

    private static bool IsContent(PathString path) =>
        Array.Exists(ContentRoutes, route => path.StartsWithSegments(route))
        || path.Value?.StartsWith("/sitemap", StringComparison.OrdinalIgnoreCase) == true;

    public void Dispose()
    {
        _pageReads.Dispose();
        _captchas.Dispose();
        _captchaReads.Dispose();
        _feedback.Dispose();
        _contentReads.Dispose();
        _searches.Dispose();
        _ratings.Dispose();
        _pages.Dispose();
        _receipts.Dispose();
    }

    private Task RunAsync(HttpContext context, RequestDelegate next, ClientLimit limit, IPAddress address) =>
        HttpMethods.IsOptions(context.Request.Method) || limit.Take(address, context.Request) is not var (spent, wait)
            ? next(context)
            : RefuseAsync(context, spent, wait);

    private Task RefuseAsync(HttpContext context, RateLimit limit, TimeSpan wait) =>
        telemetry.RefuseAsync(context, EdgeProblems.RateLimited, limit.Name, wait);
}
