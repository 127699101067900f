using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace PortalServices.BareYarp;

/// <summary>YARP and nothing else: one route, one backend, HTTP/2 cleartext as the gateway speaks it.</summary>
internal static class Proxy
{
    public static WebApplication Create(IConfiguration settings)
    {
        var builder = BareProcess.Builder(settings, HttpProtocols.Http1);
        builder
            .Services.AddReverseProxy()
            .LoadFromMemory([Route], [Cluster(settings["Backend"]!, settings.GetValue<bool>("Stock"))]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app;
    }

    private static readonly RouteConfig Route = new()
    {
        RouteId = "views",
        ClusterId = "backend",
        Match = new() { Path = "/api/sites/{site}/views" },
    };

    private static ClusterConfig Cluster(string backend, bool isStock) =>
        new()
        {
            ClusterId = "backend",
            HttpRequest = isStock
                ? null
                : new ForwarderRequestConfig
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                },
            HttpClient = isStock ? null : new HttpClientConfig { EnableMultipleHttp2Connections = true },
            Destinations = new Dictionary<string, DestinationConfig> { ["r1"] = new() { Address = backend } },
        };
}
