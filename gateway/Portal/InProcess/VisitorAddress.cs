using System.Net;

namespace PortalServices.Portal.InProcess;

/// <summary>For whom a page asks: the services see the visitor's address, and not that of the pages.</summary>
internal static class VisitorAddress
{
    /// <summary>Carries it; believed of connections of this process alone.</summary>
    public const string Header = "X-Forwarded-For";

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
