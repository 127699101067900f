using System.Text;

namespace PortalServices.Frames.Format;

/// <summary>The headers of a frame, as they lie in it.</summary>
internal readonly ref struct FramedHeaders(ReadOnlySpan<byte> headers)
{
    private readonly ReadOnlySpan<byte> _headers = headers;

    /// <summary>The value of a header; empty when it is not there. Names are compared as they were written.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> name)
    {
        var from = new FrameReader(_headers);
        while (!from.Rest.IsEmpty)
        {
            var each = from.ShortText();
            var value = from.Text();
            if (each.SequenceEqual(name))
            {
                return value;
            }
        }
        return default;
    }

    /// <summary>Adds all of them, those that come several times in their order.</summary>
    public void AppendTo(IHeaderDictionary into)
    {
        var from = new FrameReader(_headers);
        while (!from.Rest.IsEmpty)
        {
            var name = from.ShortText();
            var value = from.Text();
            into.Append(KnownTexts.Of(name), KnownTexts.Of(value));
        }
    }
}

/// <summary>
/// The texts of headers that come again and again, so that none is made anew for each request. Bounded: each place has
/// the text that came there last.
/// </summary>
internal static class KnownTexts
{
    private const int Places = 1024;

    // Longer ones are rarely the same.
    private const int MaxBytes = 256;

    private static readonly Entry?[] Entries = new Entry?[Places];

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        ref var place = ref Entries[hash.ToHashCode() & (Places - 1)];
        // One reference, read and written whole: who meets another writer makes the text once more.
        if (Volatile.Read(ref place) is { } known && utf8.SequenceEqual(known.Utf8))
        {
            return known.Text;
        }
        var text = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref place, new Entry(utf8.ToArray(), text));
        return text;
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
