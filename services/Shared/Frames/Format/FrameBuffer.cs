namespace PortalServices.Frames.Format;

/// <summary>Frames that wait to be sent. Grows as needed, and gives up what it needed once.</summary>
internal sealed class FrameBuffer
{
    private const int Usual = 64 * 1024;
    private byte[] _bytes = new byte[Usual];

    public int Length { get; private set; }

    /// <summary>A timestamp: when the first of them came.</summary>
    public long Since { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Room for at most so many bytes more.</summary>
    public Span<byte> Room(int most)
    {
        if (_bytes.Length - Length < most)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + most));
        }
        return _bytes.AsSpan(Length);
    }

    /// <summary>So many of them were written.</summary>
    public void Advance(int bytes, long now)
    {
        if (Length == 0)
        {
            Since = now;
        }
        Length += bytes;
    }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > Usual * 4)
        {
            _bytes = new byte[Usual];
        }
    }
}
