using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PortalServices.BareYarp;

/// <summary>
/// Reads a request's body to its end and answers 204: the least that an endpoint behind the proxy can do.
/// </summary>
internal static class Backend
{
    public static WebApplication Create(IConfiguration settings)
    {
        var app = BareProcess
            .Builder(settings, settings.GetValue<bool>("Stock") ? HttpProtocols.Http1 : HttpProtocols.Http2)
            .Build();
        app.Run(AnswerAsync);
        return app;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
