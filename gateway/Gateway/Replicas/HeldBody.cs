using System.Buffers;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// The body of a request that may be sent twice. The edge has waited for it, and where it is large or came in chunks
/// has it in memory; what lies in the server's buffer still, at most 32 KiB, is gone once it is forwarded.
/// </summary>
internal static class HeldBody
{
    /// <summary>Takes the body into memory. Comes last, for requests that are forwarded by themselves.</summary>
    public static Task RunAsync(HttpContext context, RequestDelegate next) =>
        context.Request.ContentLength is > 0
        && !context.Request.Body.CanSeek
        && context.GetReverseProxyFeature().AllDestinations.Count > 1
            ? HoldAsync(context, next)
            : next(context);

    /// <summary>The whole body. It stays where it is for who forwards the request.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not > 0)
        {
            return [];
        }
        if (context.Request.Body is { CanSeek: true } held)
        {
            var bytes = new byte[held.Length];
            held.Position = 0;
            await held.ReadExactlyAsync(bytes);
            held.Position = 0;
            return bytes;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.Body = new MemoryStream(await ReadAsync(context), writable: false);
        await next(context);
    }
}
