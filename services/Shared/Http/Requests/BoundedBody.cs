namespace PortalServices.Http.Requests;

/// <summary>Reads a whole body of bounded size.</summary>
public static class BoundedBody
{
    /// <summary>The body; null when it is larger, and what there is of it has been read as far as the bound.</summary>
    /// <param name="request">Where it is read from.</param>
    /// <param name="maxBytes">The largest body.</param>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ContentLength > maxBytes)
        {
            return null;
        }
        var body = new MemoryStream();
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(request.HttpContext.RequestAborted);
            foreach (var part in read.Buffer)
            {
                body.Write(part.Span);
            }
            reader.AdvanceTo(read.Buffer.End);
            if (body.Length > maxBytes)
            {
                return null;
            }
            if (read.IsCompleted)
            {
                return body.GetBuffer().AsMemory(0, (int)body.Length);
            }
        }
    }
}
