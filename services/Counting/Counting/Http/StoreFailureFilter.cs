using Microsoft.AspNetCore.Connections;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Http;

/// <summary>Answers 503 <c>store_unavailable</c> where the store fails a request.</summary>
internal sealed class StoreFailureFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (StoreFailure.Is(e) && !HasGone(context.HttpContext, e))
        {
            return StoreFailure.Reply();
        }
    }

    // A client that has gone while its body was read is none of the store's failures.
    private static bool HasGone(HttpContext context, Exception e) =>
        e is ConnectionAbortedException
        || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested);
}
