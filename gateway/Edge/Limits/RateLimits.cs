using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge;

/// <summary>
/// What visitors may do only so often: read page numbers and traffic, which can cost a read of the store each; ask for captchas and their images and sounds,
/// which must be drawn; send feedback; ask by receipt. Counting views and the box have no limit. What people do in a form is limited twice: by browser and
/// address, and more generously by address alone, so that one program behind an office's address uses up its own share and not everybody's.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1);

    readonly EdgeTelemetry _telemetry;
    readonly RateLimit _pageReads;
    readonly Pair _captchas, _captchaReads, _feedback, _receipts;

    public RateLimits(IOptions<EdgeOptions> options, EdgeTelemetry telemetry)
    {
        var edge = options.Value;
        _telemetry = telemetry;
        _pageReads = new RateLimit("pageReadsPerAddress", edge.PageReadsPerSecond, Second, edge.PageReadsBurst);
        _captchas = Of("captchas", edge.CaptchasPerMinute);
        _captchaReads = Of("captchaReads", edge.CaptchaReadsPerMinute);
        _feedback = Of("feedback", edge.FeedbackPerMinute);
        _receipts = Of("receiptReads", edge.ReceiptReadsPerMinute);
        Pair Of(string name, int count) => new(
            new RateLimit(name + "PerBrowser", count, Minute, Math.Max(1, count)),
            new RateLimit(name + "PerAddress", count * edge.BrowsersOfAnAddress, Minute, Math.Max(1, count * edge.BrowsersOfAnAddress)));
    }

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Door() is not Door.Public || context.Connection.RemoteIpAddress is not { } address)
            return next(context);
        var request = context.Request;
        if (SitePath.TryParse(request.Path, out var path) && !path.IsOperator)
        {
            if (path.Rest.StartsWithSegments("/pages") || path.Rest.StartsWithSegments("/traffic"))
                return _pageReads.WaitFor(RateLimit.OfAddress(address)) is { } wait ? RefuseAsync(context, _pageReads, wait) : next(context);
            if (path.Rest.StartsWithSegments("/feedback", out var rest))
                return HttpMethods.IsPost(request.Method) ? RunAsync(context, next, _feedback, address)
                    : rest.HasValue ? RunAsync(context, next, _receipts, address)
                    : next(context);
        }

        return request.Path.StartsWithSegments("/api/captchas")
            ? RunAsync(context, next, HttpMethods.IsPost(request.Method) ? _captchas : _captchaReads, address)
            : next(context);
    }

    public void Dispose()
    {
        _pageReads.Dispose();
        foreach (var pair in new[] { _captchas, _captchaReads, _feedback, _receipts })
        {
            pair.Browser.Dispose();
            pair.Address.Dispose();
        }
    }

    Task RunAsync(HttpContext context, RequestDelegate next, Pair pair, System.Net.IPAddress address) =>
        HttpMethods.IsOptions(context.Request.Method) ? next(context)
        : pair.Browser.WaitFor(RateLimit.OfClient(address, context.Request)) is { } ofBrowser ? RefuseAsync(context, pair.Browser, ofBrowser)
        : pair.Address.WaitFor(RateLimit.OfAddress(address)) is { } ofAddress ? RefuseAsync(context, pair.Address, ofAddress)
        : next(context);

    Task RefuseAsync(HttpContext context, RateLimit limit, TimeSpan wait) => _telemetry.RefuseAsync(context, EdgeProblems.RateLimited, limit.Name, wait);

    sealed record Pair(RateLimit Browser, RateLimit Address);
}
