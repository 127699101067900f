using System.Buffers.Text;

namespace PortalServices.LoadTests.Sending;

/// <summary>The bytes of one request, written into a buffer that its connection keeps.</summary>
internal sealed class RequestWriter
{
    private const int LengthDigits = 6;
    private byte[] _buffer = new byte[2_048];
    private int _written;
    private int _lengthAt;
    private int _bodyAt;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _written);

    public void Clear() => _written = 0;

    public RequestWriter Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length));
        _written += bytes.Length;
        return this;
    }

    public RequestWriter Append(long number)
    {
        Utf8Formatter.TryFormat(number, Free(20), out var written);
        _written += written;
        return this;
    }

    /// <summary>The last header and the end of the head; the body follows.</summary>
    public RequestWriter BeginBody()
    {
        Append("Content-Length: "u8);
        _lengthAt = _written;
        Append("000000\r\n\r\n"u8);
        _bodyAt = _written;
        return this;
    }

    /// <summary>Writes the length of the body into the head.</summary>
    public void EndBody()
    {
        var length = _written - _bodyAt;
        for (var digit = LengthDigits - 1; digit >= 0; digit--, length /= 10)
        {
            _buffer[_lengthAt + digit] = (byte)('0' + length % 10);
        }
    }

    /// <summary>The end of a head without a body.</summary>
    public void EndHead() => Append("\r\n"u8);

    private Span<byte> Free(int bytes)
    {
        if (_buffer.Length - _written < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _written + bytes));
        }
        return _buffer.AsSpan(_written);
    }
}
