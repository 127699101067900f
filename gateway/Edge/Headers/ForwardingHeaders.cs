using System.Collections.Frozen;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge.Headers;

/// <summary>
/// Takes away every header that speaks for the client's address, or for the gateway, once the believed ones have been
/// read: what is behind the edge sees only what the edge itself says.
/// </summary>
internal static class ForwardingHeaders
{
    // Those of proxies, load balancers and delivery networks; X-Original-… is what the framework leaves after reading
    // the first three.
    private static readonly FrozenSet<string> Names = new[]
    {
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "X-Forwarded-Prefix",
        "X-Forwarded-Server",
        "X-Forwarded-By",
        "X-Forwarded-Scheme",
        "X-Forwarded-Ssl",
        "X-Forwarded",
        "Forwarded",
        "Forwarded-For",
        "X-Original-For",
        "X-Original-Proto",
        "X-Original-Host",
        "X-Original-Forwarded-For",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Real-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "X-Remote-IP",
        "X-Remote-Addr",
        "Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "CF-Connecting-IPv6",
        "Fastly-Client-IP",
        "X-Azure-ClientIP",
        GatewayHeaders.Waited,
        GatewayHeaders.Draining,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static void UseForwardingHeadersRemoved(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                RemoveFrom(context.Request.Headers);
                return next(context);
            }
        );

    public static void RemoveFrom(IHeaderDictionary headers)
    {
        List<string>? found = null;
        foreach (var (name, _) in headers)
        {
            if (Names.Contains(name))
            {
                (found ??= []).Add(name);
            }
        }
        foreach (var name in found ?? [])
        {
            headers.Remove(name);
        }
    }
}
