using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace PortalServices.Edge;

/// <summary>
/// Reads the whole body, within its limit and the request's time, before anything behind the edge sees the request: a client that is slow, breaks off or
/// sends too much costs a service nothing and says nothing about it. Comes last, so that what is refused for another reason is not read.
/// </summary>
internal sealed class WholeBody(BodyLimit limit)
{
    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        BodyLimit.HasBody(context) && context.GetEndpoint()?.Metadata.GetMetadata<IOwnPatience>()?.Covers(context.Request) != true
            ? ReadThenRunAsync(context, next)
            : next(context);

    async Task ReadThenRunAsync(HttpContext context, RequestDelegate next)
    {
        byte[]? body;
        try
        {
            body = await ReadAsync(context.Request.BodyReader, limit.Of(context), context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // Out of time; or the client has gone, and nobody reads a status.
            context.Response.StatusCode = context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true
                ? StatusCodes.Status408RequestTimeout
                : StatusCodes.Status499ClientClosedRequest;
            return;
        }
        catch (IOException gone) when (gone is not BadHttpRequestException)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }

        if (body is null)
        {
            await limit.RefuseAsync(context);
            return;
        }

        context.Request.Headers.Remove("Transfer-Encoding");
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body, writable: false);
        await next(context);
    }

    /// <summary>The body, or null when it is longer than the limit. Takes no more memory than has come in.</summary>
    static async ValueTask<byte[]?> ReadAsync(PipeReader reader, long limit, CancellationToken end)
    {
        ArrayBufferWriter<byte>? before = null;
        while (true)
        {
            var read = await reader.ReadAsync(end);
            var length = read.Buffer.Length;
            if ((before?.WrittenCount ?? 0) + length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            // Nearly always it has come with the head of the request.
            if (read.IsCompleted && before is null)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            before ??= new ArrayBufferWriter<byte>();
            foreach (var segment in read.Buffer)
                before.Write(segment.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return before.WrittenSpan.ToArray();
        }
    }
}
