using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.Requests;

namespace PortalServices.ServiceDefaults.ClientAddress;

/// <summary>
/// The client's address, scheme and host behind proxies that are believed: takes <c>X-Forwarded-For</c>, <c>-Proto</c>
/// and <c>-Host</c> from trusted peers, hop by hop from the nearest until one is not trusted, and writes an IPv4 address
/// the same way however it came in.
/// </summary>
public sealed class ForwardedClient
{
    private readonly ForwardedHeadersMiddleware? _forwarded;

    /// <param name="trusted">CIDR blocks of the peers that are believed.</param>
    /// <param name="loggers">For what proxies send that is none.</param>
    public ForwardedClient(IEnumerable<string> trusted, ILoggerFactory loggers)
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
        // The framework believes everybody when it is given an empty list.
        if (options.KnownIPNetworks.Count > 0)
        {
            _forwarded = new(_ => Task.CompletedTask, loggers, Options.Create(options));
        }
    }

    /// <summary>Applies it to a request. To do so again changes nothing.</summary>
    public void Apply(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_forwarded is not null)
        {
            HostName.NormalizeForwarded(context.Request.Headers);
            _forwarded.ApplyForwarders(context);
        }
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
    }
}

/// <summary>Puts <see cref="ForwardedClient"/> into a pipeline.</summary>
public static class ForwardedClientSetup
{
    /// <summary>Applies it to the requests of the chosen doors.</summary>
    public static IApplicationBuilder UseForwardedClient(
        this IApplicationBuilder app,
        ForwardedClient client,
        params Door[] doors
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        return app.Use(
            (context, next) =>
            {
                if (context.Door() is { } door && doors.Contains(door))
                {
                    client.Apply(context);
                }
                return next(context);
            }
        );
    }
}
