using System.Threading.Tasks.Sources;

namespace PortalServices.Frames.Calling;

/// <summary>
/// A request that was sent and waits for its reply; used again once that has been taken. Who completes it runs what
/// waits for it, to the end of the reply.
/// </summary>
internal sealed class FramedCall(FramePeer peer) : IValueTaskSource<FramedReply>
{
    private ManualResetValueTaskSourceCore<FramedReply> _core;
    private FramedReply _reply;

    public uint Id { get; private set; }

    /// <summary>Its place among all bytes that were to be sent on its connection.</summary>
    public long From { get; private set; }

    /// <summary>A timestamp after which nobody waits.</summary>
    public long Deadline { get; private set; }

    /// <summary>Cancelled when its client has gone; looked at from time to time.</summary>
    public CancellationToken Gone { get; private set; }

    /// <summary>The next of those that wait for nothing.</summary>
    public FramedCall? Next { get; set; }

    public ValueTask<FramedReply> Task => new(this, _core.Version);

    public void Begin(uint id, long from, long deadline, CancellationToken gone) =>
        (Id, From, Deadline, Gone, Next) = (id, from, deadline, gone, null);

    /// <summary>Says what it will be completed with.</summary>
    public FramedCall With(FramedReply reply)
    {
        _reply = reply;
        return this;
    }

    public void Complete() => _core.SetResult(_reply);

    public FramedReply GetResult(short token)
    {
        var reply = _core.GetResult(token);
        _core.Reset();
        (_reply, Gone) = (default, default);
        peer.Release(this);
        return reply;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _core.OnCompleted(continuation, state, token, flags);
}
