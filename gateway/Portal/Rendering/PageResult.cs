using Microsoft.Net.Http.Headers;

namespace PortalServices.Portal.Rendering;

/// <summary>A page as it is sent.</summary>
/// <param name="html">UTF-8.</param>
/// <param name="status">HTTP status.</param>
/// <param name="language"><c>vi</c> or <c>en</c>.</param>
/// <param name="imageSources">Origins of images besides the portal's own.</param>
/// <param name="isOnce">Whether it is for one visitor: then it is not stored, and no other origin gets its address.</param>
internal sealed class PageResult(
    ReadOnlyMemory<byte> html,
    int status,
    string language,
    string imageSources,
    bool isOnce
) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, headers) = (httpContext.Response, httpContext.Response.Headers);
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = html.Length;
        headers.CacheControl = isOnce ? "no-store" : "no-cache";
        headers.ContentLanguage = language;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{imageSources}; media-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        // Browsers post forms of pages with a stricter policy than these as if they were foreign. The address of a
        // page for one visitor may hold a receipt.
        headers[ReferrerPolicy] = isOnce ? "strict-origin" : "strict-origin-when-cross-origin";
        headers[HeaderNames.Vary] = HeaderNames.Host;
        await response.Body.WriteAsync(html, httpContext.RequestAborted);
    }

    private const string ReferrerPolicy = "Referrer-Policy";
}
