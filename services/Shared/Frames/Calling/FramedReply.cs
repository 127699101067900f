using System.Buffers;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Calling;

/// <summary>How a request ended that was sent as a frame.</summary>
public enum FrameOutcome
{
    /// <summary>The service has replied.</summary>
    Replied,

    /// <summary>The connection was lost before any of it was sent: nobody has done anything for it.</summary>
    NotSent,

    /// <summary>The connection was lost: what was made of it is not known.</summary>
    Broken,

    /// <summary>There was no reply in time: what was made of it is not known.</summary>
    TimedOut,

    /// <summary>Its client has gone.</summary>
    Abandoned,
}

/// <summary>What became of a request. Disposed once it has been read: its bytes belong to others then.</summary>
public readonly struct FramedReply : IDisposable, IEquatable<FramedReply>
{
    private const int StatusBytes = sizeof(ushort);
    private readonly byte[]? _payload;
    private readonly int _bodyAt,
        _length;

    internal FramedReply(FrameOutcome outcome) => Outcome = outcome;

    private FramedReply(int status, byte[] payload, int bodyAt, int length)
    {
        (Status, _payload, _bodyAt, _length) = (status, payload, bodyAt, length);
        Outcome = FrameOutcome.Replied;
    }

    /// <summary>How it ended.</summary>
    public FrameOutcome Outcome { get; }

    /// <summary>HTTP status; 0 when there is no reply.</summary>
    public int Status { get; }

    /// <summary>The whole body.</summary>
    public ReadOnlyMemory<byte> Body => _payload.AsMemory(_bodyAt, _length - _bodyAt);

    /// <summary>Adds the reply's headers.</summary>
    public void AppendHeaders(IHeaderDictionary headers) =>
        new FramedHeaders(_payload.AsSpan(StatusBytes + 1, _bodyAt - StatusBytes - 1)).AppendTo(headers);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_payload is not null)
        {
            ArrayPool<byte>.Shared.Return(_payload);
        }
    }

    /// <inheritdoc/>
    public bool Equals(FramedReply other) =>
        (Outcome, Status, _payload) == (other.Outcome, other.Status, other._payload);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FramedReply other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Outcome, Status, _payload);

    /// <summary>Whether both are the same reply.</summary>
    public static bool operator ==(FramedReply left, FramedReply right) => left.Equals(right);

    /// <summary>Whether they are different replies.</summary>
    public static bool operator !=(FramedReply left, FramedReply right) => !left.Equals(right);

    /// <summary>Copies a reply's payload.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static FramedReply Read(ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        var status = reader.UInt16();
        if (status is < 200 or > 599)
        {
            throw new InvalidDataException("A reply has no status.");
        }
        reader.Headers(out _);
        var copy = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        return new FramedReply(status, copy, payload.Length - reader.Rest.Length, payload.Length);
    }
}
