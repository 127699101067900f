namespace PortalServices.LoadTests.Calibrate;

/// <summary>
/// A server that reads the body and answers 204, whatever it is asked, in a process of its own: what is left is what the
/// generator itself takes.
/// </summary>
internal static class NoOpEndpoint
{
    /// <summary>What it writes when it listens.</summary>
    public const string Ready = "Ready";

    public static async Task RunAsync(int port, CancellationToken stopping)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(FormattableString.Invariant($"http://127.0.0.1:{port}"));
        await using var app = builder.Build();
        var loadTestSite = "{\"loadTest\":true}"u8.ToArray();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            if (HttpMethods.IsGet(context.Request.Method))
            {
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = loadTestSite.Length;
                await context.Response.Body.WriteAsync(loadTestSite, context.RequestAborted);
                return;
            }
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        await app.StartAsync(stopping);
        await Console.Out.WriteLineAsync(Ready);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
