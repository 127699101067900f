using System.Buffers;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Counting.Http;

/// <summary>
/// Reads a small body to its end, also one that is too large: a reply before the end of an HTTP/2 request breaks it at
/// the caller.
/// </summary>
internal static class RequestBytes
{
    public static async ValueTask<(ReadOnlyMemory<byte> Body, bool TooLarge)> ReadAsync(HttpRequest request, int most)
    {
        var pipe = request.BodyReader;
        while (true)
        {
            var read = await pipe.ReadAsync(request.HttpContext.RequestAborted);
            if (read.Buffer.Length > most)
            {
                // The rest is read to its end behind the reply.
                pipe.AdvanceTo(read.Buffer.End);
                return (default, true);
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                pipe.AdvanceTo(read.Buffer.End);
                return (body, false);
            }

            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>
    /// Whether a content type is one of these, in UTF-8 (which is what it is when it names no charset).
    /// </summary>
    public static bool IsUtf8(string? contentType, params ReadOnlySpan<string> mediaTypes)
    {
        if (
            !MediaTypeHeaderValue.TryParse(contentType, out var type)
            || !mediaTypes.Contains(type.MediaType.ToString().ToLowerInvariant())
        )
        {
            return false;
        }

        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        return !charset.HasValue || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }
}
