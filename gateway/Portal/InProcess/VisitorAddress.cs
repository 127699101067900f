using System.Net;
using System.Security.Cryptography;

namespace PortalServices.Portal.InProcess;

/// <summary>For whom a page asks: the services see the visitor's address, and not that of the pages.</summary>
internal static class VisitorAddress
{
    /// <summary>Carries it on connections of this process alone, by a name that nobody else knows.</summary>
    public static string Header { get; } = $"X-Visitor-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    public static void UseVisitorAddress(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Features.Get<InProcessCall>() is not null)
                {
                    context.Connection.RemoteIpAddress = IPAddress.TryParse(
                        context.Request.Headers[Header],
                        out var visitor
                    )
                        ? visitor
                        : IPAddress.Loopback;
                    context.Request.Headers.Remove(Header);
                }
                return next(context);
            }
        );
}
