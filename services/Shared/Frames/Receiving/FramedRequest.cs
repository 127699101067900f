using System.Net;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Receiving;

/// <summary>A request as it lies in its frame. All of it is gone when the one who was handed it returns.</summary>
public readonly ref struct FramedRequest
{
    private readonly ReadOnlySpan<byte> _headers;

    /// <exception cref="InvalidDataException">It is none.</exception>
    internal FramedRequest(ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        IsHttps = reader.Byte() == 1;
        WaitedMilliseconds = reader.UInt32();
        Method = reader.ShortText();
        Path = reader.Text();
        Query = reader.Text();
        Host = reader.Text();
        Client = reader.ShortText();
        _headers = reader.Headers(out _);
        Body = reader.Rest;
        if (
            Method.IsEmpty
            || Path is not [(byte)'/', ..]
            || Query is not ([] or [(byte)'?', ..])
            || Client.Length is not (0 or 4 or 16)
            || Body.Length > FrameFormat.MaxBodyBytes
        )
        {
            throw new InvalidDataException("A frame holds no request.");
        }
    }

    /// <summary>Whether its client used https.</summary>
    public bool IsHttps { get; }

    /// <summary>How long it has waited since its client sent it, ms.</summary>
    public long WaitedMilliseconds { get; }

    /// <summary>As in <c>POST</c>.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>Decoded.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>As it was sent, with its question mark; empty without one.</summary>
    public ReadOnlySpan<byte> Query { get; }

    /// <summary>The host that its client asked for, with the port where there is one.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>The client's address, 4 or 16 bytes; empty where it is not known.</summary>
    public ReadOnlySpan<byte> Client { get; }

    /// <summary>The whole body.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>The client's address; null where it is not known.</summary>
    public IPAddress? ClientAddress => Client.IsEmpty ? null : new IPAddress(Client);

    /// <summary>All of them in their order; one that came several times is there several times.</summary>
    public FramedHeaders Headers => new(_headers);
}
