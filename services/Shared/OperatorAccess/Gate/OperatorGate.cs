using Microsoft.Extensions.Primitives;
using PortalServices.Http.Problems;
using PortalServices.OperatorAccess.Keys;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.Sites;

namespace PortalServices.OperatorAccess.Gate;

/// <summary>
/// Stands before everything under <c>/api/operator</c>. It decides by the address, before the route has its say, so
/// that a reply never tells somebody without a key what exists. Of the route it asks one thing, what limits it where
/// the address names no site: <see cref="SiteLimit"/>.
/// </summary>
internal sealed class OperatorGate(KeyRing keys, WrongKeys wrong, SiteList sites)
{
    private const string Scheme = "Bearer ";

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        // A second gate in one process, the edge's and a service's, has nothing to add.
        if (context.Operator() is not null)
        {
            return next(context);
        }
        if (context.Door() is Door.Public)
        {
            return Problem.Of(CommonProblems.NotFound).ExecuteAsync(context);
        }

        var authorization = context.Request.Headers.Authorization;
        if (!TryReadKey(authorization, out var presented))
        {
            return Challenge(context, OperatorProblems.KeyRequired, "Bearer");
        }
        if (!OperatorKey.IsWellFormed(presented) || keys.Find(presented) is not { } key)
        {
            wrong.Count(context.Connection.RemoteIpAddress);
            return Challenge(context, OperatorProblems.KeyInvalid, "Bearer error=\"invalid_token\"");
        }

        var isOfSite = SitePath.TryParse(context.Request.Path, out var path);
        var scope = isOfSite ? Scope.For(path.Rest, context.Request.Method) : Scope.Admin;
        if (!Scope.Holds(key.Scopes, scope))
        {
            return Challenge(
                context,
                OperatorProblems.ScopeMissing,
                $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"",
                scope
            );
        }
        var caller = new CallingOperator(key.Name, key.Sites.Contains(OperatorKey.AllSites) ? null : [.. key.Sites]);
        if (!(isOfSite ? caller.IsFor(path.Site) : caller.Sites is null || LimitsItself(context)))
        {
            return Problem.Of(OperatorProblems.SiteMissing).ExecuteAsync(context);
        }
        if (isOfSite && !sites.TryGet(path.Site, out _))
        {
            return Problem.Of(CommonProblems.UnknownSite).ExecuteAsync(context);
        }

        context.Features.Set(caller);
        return next(context);
    }

    // An address that names no site: what has no route, or a route that states nothing, is not for a key of some sites.
    private static bool LimitsItself(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<SiteLimitMetadata>()?.Limit
            is SiteLimit.Handler
                or SiteLimit.Service;

    private static bool TryReadKey(StringValues authorization, out string presented)
    {
        var value = authorization.Count == 1 ? authorization.ToString() : "";
        presented = value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : "";
        return presented.Length > 0;
    }

    private static Task Challenge(HttpContext context, ProblemCode code, string challenge, string? detail = null)
    {
        context.Response.Headers.WWWAuthenticate = challenge;
        return Problem.Of(code, detail).ExecuteAsync(context);
    }
}
