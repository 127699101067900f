using System.Diagnostics;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Receiving;

/// <summary>Where requests go that came in frames: to who handles them by itself, or through the pipeline.</summary>
internal sealed partial class FramePipeline(
    IEnumerable<IFrameHandler> handlers,
    IHttpContextFactory contexts,
    ILogger<FramePipeline> logger
)
{
    private static readonly ActivitySource Source = new("PortalServices.Frames");

    private readonly IFrameHandler[] _handlers = [.. handlers];

    /// <summary>The pipeline of the process, from its beginning.</summary>
    public RequestDelegate? Next { get; set; }

    /// <summary>Begins to handle a request. Never throws.</summary>
    public void Run(in FramedRequest request, FrameReplier replier)
    {
        try
        {
            foreach (var handler in _handlers)
            {
                if (handler.TryHandle(request, replier))
                {
                    return;
                }
            }
            var exchange = new FramedExchange(request, replier);
            // Not here: what one of them does on its way must not keep those behind it from being read.
            ThreadPool.UnsafeQueueUserWorkItem(
                static state => _ = state.Pipeline.RunAsync(state.Exchange),
                (Pipeline: this, Exchange: exchange),
                preferLocal: false
            );
        }
#pragma warning disable CA1031 // A fault of one request is its own.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault, KnownTexts.Of(request.Method), KnownTexts.Of(request.Path));
            replier.AppendFault();
            replier.Flush();
        }
    }

    /// <summary>Everything that came at the same time was handed over.</summary>
    public void EndOfBatch()
    {
        foreach (var handler in _handlers)
        {
            try
            {
                handler.EndOfBatch();
            }
#pragma warning disable CA1031 // What one of them cannot do is no fault of the connection.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogBatchFault(fault);
            }
        }
    }

    private async Task RunAsync(FramedExchange exchange)
    {
        HttpContext? context = null;
        Activity? activity = null;
        try
        {
            context = contexts.Create(exchange.Features);
            activity = StartActivity(context);
            await Next!(context);
            await exchange.CompleteAsync();
            exchange.Reply();
        }
#pragma warning disable CA1031 // A fault of one request is its own: the connection goes on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (!exchange.RequestAborted.IsCancellationRequested)
            {
                LogFault(fault, context?.Request.Method ?? "", context?.Request.Path ?? "");
            }
            exchange.Fail();
            exchange.Reply();
        }

        foreach (var fault in await exchange.EndAsync())
        {
            LogFault(fault, context?.Request.Method ?? "", context?.Request.Path ?? "");
        }
        activity?.Dispose();
        if (context is not null)
        {
            contexts.Dispose(context);
        }
        exchange.Dispose();
    }

    // As the server does for a request that comes by itself, but only for one that is sampled.
    private static Activity? StartActivity(HttpContext context)
    {
        Activity.Current = null;
        return
            Source.HasListeners()
            && (string?)context.Request.Headers.TraceParent is { } trace
            && ActivityContext.TryParse(trace, context.Request.Headers.TraceState, isRemote: true, out var parent)
            && parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            ? Source.StartActivity("framed request", ActivityKind.Server, parent)
            : null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What came in frames at the same time could not be handed over.")]
    private partial void LogBatchFault(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed, which came in a frame")]
    private partial void LogFault(Exception exception, string method, string path);
}
