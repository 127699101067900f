using System.Buffers;

namespace PortalServices.Content.Bodies;

/// <summary>
/// Refuses Markdown that would take long or become large, in one look at each character and before anything is made of
/// it. It never counts too little: what ends a paragraph here ends one in Markdown, and what it takes for a mark, a
/// cell or a block in a block may be none.
/// </summary>
internal ref struct MarkdownComplexity
{
    private const int TabStop = 4;

    private static readonly SearchValues<char> OfUnderline = SearchValues.Create(" \t=-"),
        FirstOfMarks = SearchValues.Create("[]<!|*_`:w");

    private int _marks,
        _cells,
        _paragraphMarks,
        _lines,
        _columns,
        _depth;
    private bool _hasTable;

    /// <exception cref="TextTooComplexException">It is too intricate.</exception>
    public static void Check(ReadOnlySpan<char> body)
    {
        var complexity = new MarkdownComplexity();
        while (!body.IsEmpty)
        {
            var end = body.IndexOfAny('\r', '\n');
            complexity.TakeLine(end < 0 ? body : body[..end]);
            body =
                end < 0 ? []
                : body[end..] is ['\r', '\n', ..] ? body[(end + 2)..]
                : body[(end + 1)..];
        }

        complexity.EndParagraph();
    }

    private void TakeLine(ReadOnlySpan<char> line)
    {
        // No other white space makes a line a blank one.
        if (line.IndexOfAnyExcept(' ', '\t') < 0)
        {
            EndParagraph();
            return;
        }

        var text = line[Prefix(line, out var indent, out var openers)..];
        // Whatever is indented goes on within what is open; without a blank line before it, everything does.
        var depth = openers + Math.Min(_depth, indent / 2);
        _depth = _lines == 0 ? depth : Math.Max(depth, _depth);
        if (_depth > BodyLimits.MaxDepth)
        {
            throw new TextTooComplexException("depth", BodyLimits.MaxDepth);
        }
        _lines++;
        var pipes = text.Count('|');
        _columns = Math.Max(_columns, pipes + 1);
        _hasTable |= pipes > 0 && text.Contains('-');
        var marks = Marks(line);
        BodyLimits.Count(ref _paragraphMarks, BodyLimits.MaxParagraphMarks, "marks in a paragraph", marks);
        BodyLimits.Count(ref _marks, BodyLimits.MaxMarks, "marks", marks);
    }

    private void EndParagraph()
    {
        if (_hasTable)
        {
            BodyLimits.Count(
                ref _cells,
                BodyLimits.MaxCells,
                "cells",
                (int)Math.Min((long)_columns * _lines, int.MaxValue - BodyLimits.MaxCells)
            );
        }
        (_paragraphMarks, _lines, _columns, _hasTable) = (0, 0, 0, false);
    }

    /// <summary>The length of the signs of quotes and list items that a line begins with.</summary>
    private static int Prefix(ReadOnlySpan<char> line, out int indent, out int openers)
    {
        (indent, openers) = (0, 0);
        for (var at = 0; ; at++)
        {
            if (at == line.Length)
            {
                return at;
            }
            if (line[at] == ' ')
            {
                indent++;
            }
            else if (line[at] == '\t')
            {
                indent += TabStop;
            }
            else if (line[at] == '>')
            {
                openers++;
            }
            else
            {
                var digits = line[at..].IndexOfAnyExceptInRange('0', '9');
                var sign = digits < 0 ? line.Length : at + digits;
                if (
                    sign == line.Length
                    || !(digits > 0 ? line[sign] is '.' or ')' : line[sign] is '-' or '*' or '+')
                    || (sign + 1 < line.Length && line[sign + 1] is not (' ' or '\t'))
                )
                {
                    return at;
                }
                openers++;
                at = sign;
            }
        }
    }

    /// <summary>What may begin or end something within a line.</summary>
    private static int Marks(ReadOnlySpan<char> line)
    {
        // What makes a heading of the lines before it.
        var marks = line.IndexOfAnyExcept(OfUnderline) < 0 ? 1 : 0;
        for (int at = 0, next; (next = line[at..].IndexOfAny(FirstOfMarks)) >= 0; at++)
        {
            at += next;
            var isMark = line[at] switch
            {
                // A run of them is one.
                '*' or '_' or '`' => at == 0 || line[at - 1] != line[at],
                // The ends of the schemes of addresses, and where one begins without.
                ':' => line[(at + 1)..].StartsWith("//") || (at > 0 && line[at - 1] is 'o' or 'O' or 'l' or 'L'),
                'w' => line[at..].StartsWith("www."),
                _ => true,
            };
            if (isMark)
            {
                marks++;
            }
        }

        return marks;
    }
}
