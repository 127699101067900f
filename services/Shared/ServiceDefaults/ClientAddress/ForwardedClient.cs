using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using PortalServices.ServiceDefaults.Requests;

namespace PortalServices.ServiceDefaults.ClientAddress;

/// <summary>The client's address, scheme and host behind proxies that are believed.</summary>
public static class ForwardedClient
{
    /// <summary>
    /// On the chosen doors, takes <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> from trusted peers, hop by hop
    /// from the nearest until one is not trusted, and writes an IPv4 address the same way however it came in.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="trusted">CIDR blocks of the peers that are believed.</param>
    /// <param name="doors">Where the rule holds.</param>
    public static IApplicationBuilder UseForwardedClient(
        this IApplicationBuilder app,
        IEnumerable<string> trusted,
        params Door[] doors
    )
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var block in AddressBlocks.Parse(trusted))
        {
            options.KnownIPNetworks.Add(block);
        }
        var believesNobody = options.KnownIPNetworks.Count == 0;
        return app.UseWhen(
            context => context.Door() is { } door && doors.Contains(door),
            branch =>
            {
                // The framework's middleware believes everybody when it is given an empty list.
                if (!believesNobody)
                {
                    branch.Use(
                        (context, next) =>
                        {
                            HostName.NormalizeForwarded(context.Request.Headers);
                            return next(context);
                        }
                    );
                    branch.UseForwardedHeaders(options);
                }

                branch.Use(Normalise);
            }
        );
    }

    private static Task Normalise(HttpContext context, RequestDelegate next)
    {
        if (context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped)
        {
            context.Connection.RemoteIpAddress = mapped.MapToIPv4();
        }
        else if (
            context.Connection.RemoteIpAddress is
            { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, ScopeId: not 0 } scoped
        )
        {
            context.Connection.RemoteIpAddress = new IPAddress(scoped.GetAddressBytes());
        }
        return next(context);
    }
}
