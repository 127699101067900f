using System.Text;

namespace PortalServices.Content.Bodies;

/// <summary>
/// Takes no more than <see cref="BodyLimits.MaxHtml"/> characters, so that whoever writes is stopped instead of what
/// was written being refused.
/// </summary>
internal sealed class BoundedWriter : TextWriter
{
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <exception cref="TextTooComplexException">That would be more.</exception>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (_text.Length + buffer.Length > BodyLimits.MaxHtml)
        {
            throw new TextTooComplexException("characters of HTML", BodyLimits.MaxHtml);
        }
        _text.Append(buffer);
    }

    public override string ToString() => _text.ToString();
}
