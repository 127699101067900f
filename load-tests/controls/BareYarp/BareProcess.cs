using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PortalServices.BareYarp;

/// <summary>
/// What both processes are: Kestrel and routing, as the product's hosts start, without logs, limits or watched files.
/// </summary>
internal static class BareProcess
{
    public static WebApplicationBuilder Builder(IConfiguration settings, HttpProtocols protocols)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        var door = new Uri(settings["Door"]!);
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(door.Host), door.Port, listen => listen.Protocols = protocols);
        });
        builder.Services.AddRouting();
        return builder;
    }
}
