using System.Buffers;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.ServiceDefaults.Packs;

/// <summary>
/// Runs the requests of a pack through the pipeline as if each had come by itself, all at once, and replies when the
/// last is done.
/// </summary>
internal sealed partial class Unpacking(
    IHttpContextFactory contexts,
    IReadOnlyList<IPNetwork> gateway,
    ILogger<Unpacking> logger,
    RequestDelegate next
)
{
    /// <summary>Of the spans of packed requests.</summary>
    public const string SourceName = "PortalServices.Packs";

    private static readonly ActivitySource Source = new(SourceName);

    private int _hasToldOfStranger;

    /// <summary>
    /// On the internal door alone, and only from the gateway. Comes before routing, so that each request of a pack has
    /// its own.
    /// </summary>
    public static void Use(IApplicationBuilder app)
    {
        var contexts = app.ApplicationServices.GetRequiredService<IHttpContextFactory>();
        var logger = app.ApplicationServices.GetRequiredService<ILogger<Unpacking>>();
        IPNetwork[] gateway =
        [
            .. AddressBlocks.Parse(
                app.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value.Trusted
            ),
        ];
        app.Use(next =>
        {
            var unpacking = new Unpacking(contexts, gateway, logger, next);
            return context =>
                context.Request.Path == PackFormat.Path
                && HttpMethods.IsPost(context.Request.Method)
                && context.Door() is Door.Internal
                && unpacking.IsFromGateway(context)
                    ? unpacking.RunAsync(context)
                    : next(context);
        });
    }

    private bool IsFromGateway(HttpContext context)
    {
        if (AddressBlocks.Contain(gateway, context.Connection.RemoteIpAddress))
        {
            return true;
        }
        // Once, since strangers may ask as often as they like; it is there for who has set the gateway's addresses
        // wrongly.
        if (Interlocked.Exchange(ref _hasToldOfStranger, 1) == 0)
        {
            LogStranger(context.Connection.RemoteIpAddress);
        }
        return false;
    }

    private async Task RunAsync(HttpContext carrier)
    {
        // Never more than the server itself lets in, which is also what bounds the array.
        if (
            carrier.Request.ContentLength is not { } length
            || length > PackFormat.MaxBytes
            || carrier.Request.ContentType != PackFormat.MediaType
        )
        {
            carrier.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var pack = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var body = pack.AsMemory(0, (int)length);
            await carrier.Request.Body.ReadExactlyAsync(body, carrier.RequestAborted);
            PackedExchange[] exchanges;
            try
            {
                exchanges = Array.ConvertAll(
                    PackFormat.ReadRequests(body),
                    request => new PackedExchange(request, carrier)
                );
            }
            catch (InvalidDataException invalid)
            {
                LogInvalid(invalid.Message);
                carrier.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            await Task.WhenAll(Array.ConvertAll(exchanges, AnswerAsync));
            await ReplyAsync(carrier, exchanges);
            Array.ForEach(exchanges, exchange => exchange.Dispose());
        }
        catch (Exception gone)
            when (carrier.RequestAborted.IsCancellationRequested && gone is IOException or OperationCanceledException)
        {
            // The gateway does not wait for the reply any more.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pack);
        }
    }

    private static async Task ReplyAsync(HttpContext carrier, PackedExchange[] exchanges)
    {
        var replies = PackFormat.Write(Array.ConvertAll(exchanges, exchange => exchange.Reply));
        carrier.Response.ContentType = PackFormat.MediaType;
        carrier.Response.ContentLength = replies.Length;
        await carrier.Response.BodyWriter.WriteAsync(replies, carrier.RequestAborted);
    }

    private async Task AnswerAsync(PackedExchange exchange)
    {
        var context = contexts.Create(exchange.Features);
        using var activity = StartActivity(context);
        try
        {
            await next(context);
            await exchange.CompleteAsync();
        }
#pragma warning disable CA1031 // A fault of one request is its own: the others of the pack are answered.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (!exchange.RequestAborted.IsCancellationRequested)
            {
                LogFault(fault, context.Request.Method, context.Request.Path);
            }
            exchange.Fail();
        }
        finally
        {
            if (activity is not null)
            {
                RequestSpan.End(activity, context);
            }
            await EndAsync(exchange, context);
            contexts.Dispose(context);
        }
    }

    // The reply is whole by now: what goes wrong behind it changes neither this one nor the others.
    private async Task EndAsync(PackedExchange exchange, HttpContext context)
    {
        try
        {
            await exchange.EndAsync();
        }
#pragma warning disable CA1031 // As the server does.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault, context.Request.Method, context.Request.Path);
        }
    }

    // As the server does for a request that comes by itself, but only for one that is sampled: its trace goes on here,
    // whatever that of the pack is.
    private static Activity? StartActivity(HttpContext context)
    {
        Activity.Current = null;
        if (
            !Source.HasListeners()
            || (string?)context.Request.Headers.TraceParent is not [.., _, var flags] trace
            || !IsOdd(flags)
            || !ActivityContext.TryParse(trace, context.Request.Headers.TraceState, isRemote: true, out var parent)
        )
        {
            return null;
        }
        var activity = Source.StartActivity("packed request", ActivityKind.Server, parent);
        if (activity is not null)
        {
            RequestSpan.Begin(activity, context);
        }
        return activity;
    }

    // The last of the flags says "recorded" (W3C Trace Context, section 3.2.2.5).
    private static bool IsOdd(char hexadecimal) => (hexadecimal & 1) == (char.IsAsciiDigit(hexadecimal) ? 1 : 0);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed in a pack")]
    private partial void LogFault(Exception exception, string method, string path);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A pack of requests from {Address} is not taken: it is not in Gateway:Addresses."
    )]
    private partial void LogStranger(IPAddress? address);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A pack of requests was refused: {Reason} Are the gateway and this service of the same version?"
    )]
    private partial void LogInvalid(string reason);
}
