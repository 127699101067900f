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

    // What a visitor does, as far as it has a limit.
    private enum Visit
    {
        Unlimited,
        ShowPage,
        ReadPages,
        ReadContent,
        SearchContent,
        Rate,
        AskForCaptcha,
        ReadCaptcha,
        SendFeedback,
        FindSimilar,
        SearchFeedback,
        ReadReceipt,
    }

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var visit = Of(context);
        if (visit == Visit.Unlimited || context.Connection.RemoteIpAddress is not { } address)
        {
            return next(context);
        }
        return visit switch
        {
            Visit.ShowPage => RunAsync(context, shown => RunPageAsync(shown, next, address), _pages, address),
            Visit.ReadPages => _pageReads.WaitFor(RateLimit.OfAddress(address)) is { } wait
                ? RefuseAsync(context, _pageReads, wait)
                : next(context),
            Visit.SearchContent => RunAsync(
                context,
                read => RunAsync(read, next, _searches, address),
                _contentReads,
                address
            ),
            Visit.ReadReceipt => _receipts.RunAsync(context, next, address),
            _ => RunAsync(context, next, LimitOf(visit), address),
        };
    }

    /// <summary>Whether the request is one that may be made only so often.</summary>
    public static bool Cover(HttpContext context) => Of(context) != Visit.Unlimited;

    private ClientLimit LimitOf(Visit visit) =>
        visit switch
        {
            Visit.ReadContent or Visit.FindSimilar => _contentReads,
            Visit.Rate => _ratings,
            Visit.AskForCaptcha => _captchas,
            Visit.ReadCaptcha => _captchaReads,
            Visit.SendFeedback => _feedback,
            Visit.SearchFeedback => _searches,
            _ => throw new ArgumentOutOfRangeException(nameof(visit)),
        };

    private static Visit Of(HttpContext context)
    {
        if (context.Door() is not Door.Public)
        {
            return Visit.Unlimited;
        }
        var request = context.Request;
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageLimit>() is not null)
        {
            return Visit.ShowPage;
        }
        if (SitePath.TryParse(request.Path, out var path))
        {
            return path.IsOperator ? Visit.Unlimited : OfSite(request, path.Rest);
        }
        return !request.Path.StartsWithSegments("/api/captchas") ? Visit.Unlimited
            : HttpMethods.IsPost(request.Method) ? Visit.AskForCaptcha
            : Visit.ReadCaptcha;
    }

    // The path of a site's address, behind its id.
    private static Visit OfSite(HttpRequest request, PathString path)
    {
        if (path.StartsWithSegments("/pages") || path.StartsWithSegments("/traffic"))
        {
            return Visit.ReadPages;
        }
        if (IsContent(path))
        {
            return HttpMethods.IsPost(request.Method) ? Visit.Rate
                : string.IsNullOrEmpty(request.Query["q"]) ? Visit.ReadContent
                : Visit.SearchContent;
        }
        // A challenge to work on, as one to read, and as much counted for it.
        if (path.StartsWithSegments("/captchas"))
        {
            return Visit.AskForCaptcha;
        }
        if (!path.StartsWithSegments("/feedback", out var rest))
        {
            return Visit.Unlimited;
        }
        return HttpMethods.IsPost(request.Method) ? Visit.SendFeedback
            : !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) ? Visit.Unlimited
            // Asked while somebody types, and cheap.
            : rest.StartsWithSegments("/similar") ? Visit.FindSimilar
            : rest.HasValue ? Visit.ReadReceipt
            : string.IsNullOrEmpty(request.Query["q"]) ? Visit.Unlimited
            : Visit.SearchFeedback;
    }

    // What a page asks of the services for its visitor is the visitor's.
    private Task RunPageAsync(HttpContext context, RequestDelegate next, IPAddress address) =>
        context.GetEndpoint()?.Metadata.GetMetadata<PageLimit>()?.Use switch
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

    private static bool IsContent(PathString path)
    {
        foreach (var route in ContentRoutes)
        {
            if (path.StartsWithSegments(route))
            {
                return true;
            }
        }
        return path.Value?.StartsWith("/sitemap", StringComparison.OrdinalIgnoreCase) == true;
    }

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
