using System.Text;

namespace PortalServices.Frames.Format;

/// <summary>The headers of a frame as they lie in it, one by one with <c>foreach</c>.</summary>
public ref struct FramedHeaders
{
    private FrameReader _reader;

    internal FramedHeaders(ReadOnlySpan<byte> headers)
    {
        _reader = new FrameReader(headers);
        Name = default;
        Value = default;
    }

    /// <summary>The name of the present one, as the gateway's route writes it.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Its value, in UTF-8.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>This one itself, which knows its present header.</summary>
    public readonly FramedHeaders Current => this;

    /// <summary>From the first one on.</summary>
    public readonly FramedHeaders GetEnumerator() => this;

    /// <summary>Goes to the next one; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_reader.Rest.IsEmpty)
        {
            return false;
        }
        Name = _reader.ShortText();
        Value = _reader.Text();
        return true;
    }

    internal readonly void AppendTo(IHeaderDictionary into)
    {
        foreach (var header in this)
        {
            into.Append(KnownTexts.Of(header.Name), KnownTexts.Of(header.Value));
        }
    }
}

/// <summary>
/// The texts of headers that come again and again, so that none is made anew for each request. Bounded: each place has
/// the text that came there last.
/// </summary>
public static class KnownTexts
{
    private const int Places = 1024;

    // Longer ones are rarely the same.
    private const int MaxBytes = 256;

    private static readonly Entry?[] Entries = new Entry?[Places];

    /// <summary>The text, be it a known one or not.</summary>
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
