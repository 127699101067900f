using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Edge.Sites;

/// <summary>
/// What pages of other origins may do with a site's routes. Every origin that <see cref="SiteDoor"/> has let through is
/// allowed and echoed; elsewhere there is no policy, and so no header.
/// </summary>
internal sealed class SiteCorsPolicy : ICorsPolicyProvider
{
    // Browsers cap it at their own limit (two hours to a day).
    private static readonly TimeSpan PreflightAge = TimeSpan.FromDays(1);

    public static readonly CorsPolicy OfSites = new CorsPolicyBuilder()
        .SetIsOriginAllowed(_ => true)
        .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post)
        .WithHeaders(HeaderNames.ContentType, HeaderNames.IfNoneMatch, "Idempotency-Key", HeaderNames.TraceParent)
        .WithExposedHeaders(HeaderNames.ETag, HeaderNames.RetryAfter)
        .SetPreflightMaxAge(PreflightAge)
        .Build();

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
        Task.FromResult(context.Features.Get<KnownOrigin>() is null ? null : OfSites);
}
