using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.Frames.Receiving;
using PortalServices.Http.Json;
using PortalServices.Http.Problems;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>
/// A stand-in for a counting process: h2c at its internal door, health at its probe door. It tells what has reached it;
/// with <c>?hold</c>, and for the box of the page <c>/hold</c>, it waits to be released first, with <c>?reset</c> its stream is reset, with <c>?die</c> its
/// connection ends as if the process had been killed; with <see cref="Dies"/> that happens to all.
/// </summary>
internal sealed class Backend : IAsyncDisposable
{
    // RFC 9113, 7.
    private const int InternalError = 2;

    private readonly SemaphoreSlim _released = new(0);
    private int _reached,
        _abandoned,
        _framed,
        _died;

    private Backend() { }

    public TestApp App { get; private set; } = null!;

    /// <summary>Requests that came in, to the end of their bodies.</summary>
    public int Reached => Volatile.Read(ref _reached);

    /// <summary>Whether the connection of every request ends before it is answered.</summary>
    public bool Dies { get; set; }

    /// <summary>Requests that this happened to.</summary>
    public int Died => Volatile.Read(ref _died);

    /// <summary>Those of them that came in frames.</summary>
    public int Framed => Volatile.Read(ref _framed);

    /// <summary>Requests whose caller went away while they were held.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    public static async Task<Backend> StartAsync(params string[] settings)
    {
        var backend = new Backend();
        backend.App = await TestApp.StartAsync(app => app.Map("/{**all}", (Delegate)backend.AnswerAsync), settings);
        return backend;
    }

    /// <summary>Lets one held request go on.</summary>
    public void Release() => _released.Release();

    /// <summary>From now on it is as if nothing had reached it yet.</summary>
    public void Forget()
    {
        Dies = false;
        (_reached, _abandoned, _framed, _died) = (0, 0, 0, 0);
        while (_released.Wait(0)) { }
    }

    /// <summary>How a gateway is told of it.</summary>
    public string[] Destination(int number, string cluster = "counting") =>
        [
            $"--ReverseProxy:Clusters:{cluster}:Destinations:r{number}:Address={App.At(Door.Internal)}",
            $"--ReverseProxy:Clusters:{cluster}:Destinations:r{number}:Health={App.At(Door.Probe)}",
        ];

    public ValueTask DisposeAsync()
    {
        _released.Dispose();
        return App.DisposeAsync();
    }

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        try
        {
            if (Dies)
            {
                Interlocked.Increment(ref _died);
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
                return Results.Empty;
            }

            if (context.Request.Query.ContainsKey("die"))
            {
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            }
            if (context.Request.Query.ContainsKey("reset"))
            {
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(InternalError);
            }
            var seen = await EdgeApp.Tell(context);
            if (context.Features.Get<IHttpResponseFeature>() is FramedExchange)
            {
                Interlocked.Increment(ref _framed);
            }
            Interlocked.Increment(ref _reached);
            if (context.Request.Query.ContainsKey("hold") || context.Request.Query["page"] == "/hold")
            {
                await _released.WaitAsync(context.RequestAborted);
            }
            context.Response.Headers.ETag = "\"1\"";
            if (context.Request.Query.ContainsKey("missing"))
            {
                return Problem.Of(CommonProblems.UnknownSite);
            }
            var reply = JsonSerializer.SerializeToNode(seen, PortalJson.Options)!;
            if (context.Request.Path.Value!.EndsWith("/stats", StringComparison.Ordinal))
            {
                reply["stale"] = false;
            }
            return Results.Json(reply, PortalJson.Options);
        }
        catch (Exception gone)
            when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            Interlocked.Increment(ref _abandoned);
            return Results.Empty;
        }
    }
}
