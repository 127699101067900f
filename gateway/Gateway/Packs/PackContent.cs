using System.Diagnostics;
using System.Net;

namespace PortalServices.Gateway.Packs;

/// <summary>A pack, made when its connection is there and takes it: until then its requests have waited.</summary>
internal sealed class PackContent : HttpContent
{
    private readonly PackedCall[] _calls;

    public PackContent(PackedCall[] calls)
    {
        _calls = calls;
        Headers.ContentType = new(PackFormat.MediaType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    ) =>
        stream
            .WriteAsync(
                PackFormat.Pack(
                    Array.ConvertAll(_calls, call => call.Request),
                    Array.ConvertAll(_calls, call => Stopwatch.GetElapsedTime(call.Since))
                ),
                cancellationToken
            )
            .AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = PackFormat.BytesBeforeRequests + _calls.Sum(call => (long)call.Request.Length);
        return true;
    }
}
