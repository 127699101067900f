using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>A client comes from the address that its request names; the gateway says it in a product.</summary>
internal sealed class ClientsByHeader : IStartupFilter
{
    private const string Header = "Test-Client";

    /// <summary>The header of a client; none for the machine's own address.</summary>
    public static (string Name, string Value)[] From(string? address) => address is null ? [] : [(Header, address)];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, rest) =>
                {
                    if (IPAddress.TryParse(context.Request.Headers[Header], out var address))
                    {
                        context.Connection.RemoteIpAddress = address;
                    }
                    return rest(context);
                }
            );
            next(app);
        };
}
