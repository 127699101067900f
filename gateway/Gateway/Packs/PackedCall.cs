using System.Diagnostics;
using Yarp.ReverseProxy.Forwarder;

namespace PortalServices.Gateway.Packs;

/// <summary>
/// A request that travels in a pack, and waits for its answer. Who completes it runs what waits for it, to the end of
/// the reply.
/// </summary>
internal sealed class PackedCall(ReadOnlyMemory<byte> request, PackTarget target) : TaskCompletionSource<PackedAnswer>
{
    private RequestPack? _pack;
    private int _hasGivenUp,
        _hasLeft;

    /// <summary>As it lies in the pack.</summary>
    public ReadOnlyMemory<byte> Request => request;

    public PackTarget Target => target;

    /// <summary>When it began to wait, by the <see cref="Stopwatch"/>.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();

    /// <summary>Nobody waits for it any more.</summary>
    public bool HasGivenUp => Volatile.Read(ref _hasGivenUp) != 0;

    /// <summary>What it is sent with.</summary>
    public void Join(RequestPack pack)
    {
        Interlocked.Exchange(ref _pack, pack);
        if (HasGivenUp)
        {
            Leave(pack);
        }
    }

    /// <summary>Whoever waited has gone. A pack that nobody waits for is given up itself.</summary>
    public void GiveUp()
    {
        Interlocked.Exchange(ref _hasGivenUp, 1);
        if (Volatile.Read(ref _pack) is { } pack)
        {
            Leave(pack);
        }
    }

    // Whichever of the two comes second sees the other, and when both do it still counts once.
    private void Leave(RequestPack pack)
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
        {
            pack.Leave();
        }
    }
}

/// <summary>Where a request goes, with whose connections, and how long it may take.</summary>
internal sealed record PackTarget(HttpMessageInvoker Client, string Address, TimeSpan Timeout);

/// <summary>The service's reply, or why there is none.</summary>
internal readonly record struct PackedAnswer(
    PackedReply? Reply,
    ForwarderError Error = ForwarderError.None,
    Exception? Exception = null
);
