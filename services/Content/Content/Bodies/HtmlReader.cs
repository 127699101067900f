using System.Buffers;
using System.Collections.Frozen;

namespace PortalServices.Content.Bodies;

/// <summary>A part of HTML.</summary>
internal enum HtmlPart
{
    Text,
    Start,
    End,
}

/// <summary>An attribute as it is written: references in its value are not resolved.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Value">Where its value stands, without quotes.</param>
internal readonly record struct HtmlAttribute(string Name, Range Value);

/// <summary>
/// Takes HTML apart into texts and the tags that are allowed, in one pass and whatever it is: its work and its memory
/// grow with the length of the HTML alone.
/// </summary>
internal sealed class HtmlReader(string html)
{
    private static readonly SearchValues<char> NameEnd = SearchValues.Create(" \t\n\f\r/>"),
        AttributeEnd = SearchValues.Create(" \t\n\f\r/>="),
        ValueEnd = SearchValues.Create(" \t\n\f\r>");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Names = Lookup([
            .. HtmlElements.Allowed,
            .. HtmlElements.Blocks,
            .. HtmlElements.Dropped,
            .. HtmlElements.DroppedText,
        ]),
        Dropped = Lookup(HtmlElements.Dropped),
        DroppedText = Lookup(HtmlElements.DroppedText),
        AttributeNames = Lookup(HtmlElements.AllowedAttributes);

    private int _at;

    /// <summary>What was read last.</summary>
    public HtmlPart Part { get; private set; }

    /// <summary>The name of a tag, in lower case.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The attributes of a start tag that are allowed, each once.</summary>
    public List<HtmlAttribute> Attributes { get; } = [];

    /// <summary>Where the part stands.</summary>
    public Range Range { get; private set; }

    /// <summary>The next part; false at the end.</summary>
    public bool Read()
    {
        while (_at < html.Length)
        {
            var start = _at;
            if (ReadPart())
            {
                Range = start.._at;
                return true;
            }
        }

        return false;
    }

    private bool ReadPart()
    {
        var first = At(_at + 1);
        if (html[_at] != '<' || !(first is '!' or '/' or '?' || char.IsAsciiLetter(first)))
        {
            Part = HtmlPart.Text;
            _at++;
            Skip(html.AsSpan(_at).IndexOf('<'), 0);
            return true;
        }

        if (first == '/' && char.IsAsciiLetter(At(_at + 2)))
        {
            return ReadTag(HtmlPart.End, _at + 2) && HtmlElements.Allowed.Contains(Name);
        }
        if (char.IsAsciiLetter(first))
        {
            return ReadTag(HtmlPart.Start, _at + 1) && !SkipDropped();
        }
        SkipComment();
        return false;
    }

    private void SkipComment()
    {
        if (!html.AsSpan(_at).StartsWith("<!--"))
        {
            Skip(html.AsSpan(_at).IndexOf('>'), 1);
            return;
        }

        _at += "<!--".Length;
        var rest = html.AsSpan(_at);
        if (rest is ['>', ..] or ['-', '>', ..])
        {
            Skip(rest.IndexOf('>'), 1);
            return;
        }

        var end = rest.IndexOf("-->");
        var odd = (end < 0 ? rest : rest[..end]).IndexOf("--!>");
        var (found, length) = odd < 0 ? (end, "-->".Length) : (odd, "--!>".Length);
        Skip(found, length);
    }

    /// <summary>Reads a tag to its end; false for one of no interest, or one that does not end.</summary>
    private bool ReadTag(HtmlPart part, int name)
    {
        Part = part;
        Attributes.Clear();
        _at = name;
        Skip(html.AsSpan(_at).IndexOfAny(NameEnd), 0);
        var isKnown = Names.TryGetValue(html.AsSpan(name, _at - name), out var known);
        Name =
            !isKnown ? ""
            : HtmlElements.Blocks.Contains(known!) ? "div"
            : known!;
        while (_at < html.Length)
        {
            var c = html[_at];
            if (c == '>')
            {
                _at++;
                return isKnown;
            }

            if (c is '/' or ' ' or '\t' or '\n' or '\f' or '\r')
            {
                _at++;
            }
            else
            {
                ReadAttribute();
            }
        }

        return false;
    }

    private void ReadAttribute()
    {
        var name = _at++;
        Skip(html.AsSpan(_at).IndexOfAny(AttributeEnd), 0);
        var nameEnd = _at;
        SkipSpace();
        var value = _at.._at;
        if (At(_at) == '=')
        {
            _at++;
            SkipSpace();
            value = ReadValue();
        }
        else
        {
            _at = nameEnd;
        }

        if (
            AttributeNames.TryGetValue(html.AsSpan(name, nameEnd - name), out var known)
            && !Attributes.Exists(each => each.Name == known)
        )
        {
            Attributes.Add(new HtmlAttribute(known, value));
        }
    }

    private Range ReadValue()
    {
        var quote = At(_at);
        if (quote is '"' or '\'')
        {
            var start = ++_at;
            Skip(html.AsSpan(_at).IndexOf(quote), 0);
            return start.._at++;
        }

        var bare = _at;
        Skip(html.AsSpan(_at).IndexOfAny(ValueEnd), 0);
        return bare.._at;
    }

    /// <summary>After the start of an element that is dropped: skips to its end, or to the end of everything.</summary>
    private bool SkipDropped()
    {
        var name = Name;
        if (DroppedText.Contains(name))
        {
            SkipToEnd(name);
            return true;
        }

        if (!Dropped.Contains(name))
        {
            return false;
        }
        // Of the elements of other languages than HTML, the slash makes an end.
        var isForeign = name is "svg" or "math";
        if (isForeign && html[_at - 2] == '/')
        {
            return true;
        }
        for (var depth = 1; depth > 0 && _at < html.Length; )
        {
            Skip(html.AsSpan(_at).IndexOf('<'), 0);
            var (start, isEnd) = (_at, At(_at + 1) == '/');
            if (char.IsAsciiLetter(At(_at + (isEnd ? 2 : 1))))
            {
                var isKnown = ReadTag(isEnd ? HtmlPart.End : HtmlPart.Start, _at + (isEnd ? 2 : 1));
                if (isForeign && isKnown && !isEnd && HtmlElements.EndForeign.Contains(Name))
                {
                    _at = start;
                    return true;
                }

                depth +=
                    isKnown && Name == name
                        ? isEnd
                            ? -1
                            : 1
                        : 0;
            }
            else if (At(_at + 1) is '!' or '?' or '/')
            {
                SkipComment();
            }
            else
            {
                _at++;
            }
        }

        return true;
    }

    private void SkipToEnd(string name)
    {
        while (_at < html.Length)
        {
            Skip(html.AsSpan(_at).IndexOf("</"), 2);
            if (
                html.AsSpan(Math.Min(_at, html.Length)).StartsWith(name, StringComparison.OrdinalIgnoreCase)
                && name != "plaintext"
                && At(_at + name.Length) is ' ' or '\t' or '\n' or '\f' or '\r' or '/' or '>'
            )
            {
                ReadTag(HtmlPart.End, _at);
                return;
            }
        }
    }

    private void SkipSpace()
    {
        while (At(_at) is ' ' or '\t' or '\n' or '\f' or '\r')
        {
            _at++;
        }
    }

    /// <summary>Goes to what was found and beyond it; to the end of everything where nothing was.</summary>
    private void Skip(int found, int beyond) => _at = found < 0 ? html.Length : _at + found + beyond;

    private char At(int place) => place < html.Length ? html[place] : '\0';

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup(IEnumerable<string> names) =>
        names.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
