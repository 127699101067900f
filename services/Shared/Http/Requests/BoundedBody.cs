using System.Buffers;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Http.Requests;

/// <summary>Reads a whole body of bounded size.</summary>
public static class BoundedBody
{
    // A pipe takes no more than a part of a large body.
    private const int MaxInPipe = 64 * 1024;

    /// <summary>The body; null when it is larger, and what there is of it has been read as far as the bound.</summary>
    /// <param name="request">Where it is read from.</param>
    /// <param name="maxBytes">The largest body.</param>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(request);
        var pipe = request.BodyReader;
        ArrayBufferWriter<byte>? begun = null;
        while (true)
        {
            var read = await pipe.ReadAsync(request.HttpContext.RequestAborted);
            var buffer = read.Buffer;
            if (buffer.Length > maxBytes - (begun?.WrittenCount ?? 0))
            {
                // The rest is read behind the reply (BodyDrain): a reply before the end of an HTTP/2 request breaks it at
                // the caller.
                pipe.AdvanceTo(buffer.End);
                return null;
            }
            if (read.IsCompleted && begun is null)
            {
                var whole = buffer.ToArray();
                pipe.AdvanceTo(buffer.End);
                return whole;
            }
            if (!read.IsCompleted && buffer.Length < MaxInPipe)
            {
                pipe.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }
            begun ??= new ArrayBufferWriter<byte>();
            foreach (var part in buffer)
            {
                begun.Write(part.Span);
            }
            pipe.AdvanceTo(buffer.End);
            if (read.IsCompleted)
            {
                return begun.WrittenMemory;
            }
        }
    }

    /// <summary>
    /// Whether its media type is one of these, in UTF-8 (which is what it is when it names no charset).
    /// </summary>
    public static bool IsOneOf(HttpRequest request, params ReadOnlySpan<string> mediaTypes)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return false;
        }
        foreach (var mediaType in mediaTypes)
        {
            if (type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
            {
                var charset = HeaderUtilities.RemoveQuotes(type.Charset);
                return !charset.HasValue
                    || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                    || type.Encoding is System.Text.UTF8Encoding;
            }
        }
        return false;
    }
}
