using System.Runtime.ExceptionServices;
using PortalServices.ServiceDefaults.Shutdown;

namespace PortalServices.ServiceDefaults.Requests;

/// <summary>
/// Runs the <see cref="IEarlyHandler"/> of the process, with one await in place of those of the pipeline. What the
/// pipeline notes of every request is noted of these by the same functions.
/// </summary>
internal sealed class EarlyRequests(IEarlyHandler handler, Drain drain, RequestTally tally)
{
    /// <summary>Comes behind routing, and before everything that awaits.</summary>
    public static void Use(IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<IEarlyHandler>() is not null)
        {
            app.Use(ActivatorUtilities.CreateInstance<EarlyRequests>(app.ApplicationServices).RunAsync);
        }
    }

    /// <summary>Has what failed early become the problem that it becomes anywhere: comes behind what makes it.</summary>
    public static void UseFaults(IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<IEarlyHandler>() is not null)
        {
            app.Use(
                (context, next) =>
                {
                    context.Features.Get<Fault>()?.Exception.Throw();
                    return next(context);
                }
            );
        }
    }

    private Task RunAsync(HttpContext context, RequestDelegate pipeline)
    {
        // A process that ends says so in every reply.
        if (drain.IsDraining || !Covers(context))
        {
            return pipeline(context);
        }
        var connection = context.Features.Get<TrackedConnection>();
        var memory = 0L;
        return connection?.TryBegin(context.Request, out memory) == false
            ? pipeline(context)
            : AnswerAsync(context, connection, memory, pipeline);
    }

    private bool Covers(HttpContext context)
    {
        try
        {
            return handler.Covers(context);
        }
#pragma warning disable CA1031 // The pipeline asks the same, fails alike, and says so.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async Task AnswerAsync(
        HttpContext context,
        TrackedConnection? connection,
        long memory,
        RequestDelegate pipeline
    )
    {
        tally.Begin();
        var isAnswered = false;
        try
        {
            isAnswered = await handler.TryAnswerAsync(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            context.Features.Set(new Fault(ExceptionDispatchInfo.Capture(e)));
            handler.CompleteFault(context);
        }
        finally
        {
            connection?.End(memory);
            if (isAnswered || context.Response.HasStarted)
            {
                tally.End(context, drain);
            }
            else
            {
                tally.TakeBack();
            }
        }
        if (!isAnswered)
        {
            await pipeline(context);
        }
    }

    private sealed record Fault(ExceptionDispatchInfo Exception);
}
