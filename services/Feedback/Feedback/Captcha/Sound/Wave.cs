using System.Buffers.Binary;

namespace PortalServices.Feedback.Captcha.Sound;

/// <summary>RIFF WAVE files of one kind: PCM, one channel, 16 bits, 16 kHz.</summary>
internal static class Wave
{
    /// <summary>Samples per second.</summary>
    public const int Rate = 16_000;

    /// <summary>Bytes before the samples of a file that is written.</summary>
    public const int HeaderSize = 44;

    /// <summary>A file of samples from −1 to 1; what is beyond is cut.</summary>
    public static byte[] Write(ReadOnlySpan<float> samples)
    {
        var size = samples.Length * sizeof(short);
        var file = new byte[HeaderSize + size];
        var header = file.AsSpan();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], file.Length - 8);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], Rate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], Rate * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 8 * sizeof(short));
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], size);
        for (var at = 0; at < samples.Length; at++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(
                header[(HeaderSize + (at * sizeof(short)))..],
                (short)(Math.Clamp(samples[at], -1f, 1f) * short.MaxValue)
            );
        }
        return file;
    }

    /// <summary>The samples of a file, from −1 to 1.</summary>
    /// <exception cref="InvalidDataException">It is no file of this kind.</exception>
    public static float[] Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException("Not a WAVE file.");
        }
        var isKnown = false;
        for (var rest = file[12..]; rest.Length >= 8; )
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            if (size < 0 || size > rest.Length - 8)
            {
                break;
            }
            var body = rest.Slice(8, size);
            if (rest[..4].SequenceEqual("fmt "u8))
            {
                isKnown = IsKnown(body);
            }
            else if (rest[..4].SequenceEqual("data"u8) && isKnown)
            {
                return Samples(body);
            }
            rest = rest[Math.Min(rest.Length, 8 + size + (size & 1))..];
        }

        throw new InvalidDataException("Not 16 bits of PCM at 16 kHz on one channel.");
    }

    private static bool IsKnown(ReadOnlySpan<byte> format) =>
        format.Length >= 16
        && BinaryPrimitives.ReadInt16LittleEndian(format) == 1
        && BinaryPrimitives.ReadInt16LittleEndian(format[2..]) == 1
        && BinaryPrimitives.ReadInt32LittleEndian(format[4..]) == Rate
        && BinaryPrimitives.ReadInt16LittleEndian(format[14..]) == 16;

    private static float[] Samples(ReadOnlySpan<byte> body)
    {
        var samples = new float[body.Length / sizeof(short)];
        for (var at = 0; at < samples.Length; at++)
        {
            samples[at] = BinaryPrimitives.ReadInt16LittleEndian(body[(at * sizeof(short))..]) / 32768f;
        }
        return samples;
    }
}
