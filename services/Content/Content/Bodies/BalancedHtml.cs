using System.Net;
using System.Text;

namespace PortalServices.Content.Bodies;

/// <summary>
/// HTML as it is meant, written again so that every element that is allowed begins and ends within another, and nothing
/// else is left. It is made in one pass and counted as it is made. A parser of HTML takes time and memory out of all
/// proportion to repair what is not in order; of this there is nothing to repair.
/// </summary>
internal sealed class BalancedHtml
{
    /// <summary>So many of the same go on after the end of a block, as in the standard.</summary>
    private const int MaxAlike = 3;

    private readonly string _source;
    private readonly HtmlReader _reader;
    private readonly OpenElements _open = new();

    /// <summary>The start tags of formatting that goes on with the next text.</summary>
    private readonly List<OpenElement> _pending = [];

    private readonly BoundedWriter _html;
    private int _elements,
        _cells,
        _attributes,
        _addresses;

    private BalancedHtml(string source, BoundedWriter html) =>
        (_source, _reader, _html) = (source, new HtmlReader(source), html);

    /// <summary>Not safe yet: addresses are as they are.</summary>
    /// <exception cref="TextTooComplexException">It would become too large or too intricate.</exception>
    public static string Of(string source)
    {
        using var html = new BoundedWriter();
        new BalancedHtml(source, html).Write();
        return html.ToString();
    }

    private void Write()
    {
        while (_reader.Read())
        {
            if (_reader.Part == HtmlPart.Text)
            {
                Text(_source.AsSpan(_reader.Range));
            }
            else if (_reader.Part == HtmlPart.Start)
            {
                Start(new OpenElement(_reader.Name, StartTag()));
            }
            else
            {
                End(_reader.Name);
            }
        }

        CloseTo(0);
    }

    private void Text(ReadOnlySpan<char> text)
    {
        // No other white space can stand between the parts of a table, and none makes a cell.
        if (text.IndexOfAnyExcept(" \t\n\f\r") >= 0)
        {
            if (_open.IsInTableFrame && string.IsNullOrWhiteSpace(WebUtility.HtmlDecode(text.ToString())))
            {
                return;
            }
            EnterLine();
        }

        if (text[0] == '<')
        {
            _html.Write("&lt;");
            text = text[1..];
        }

        _html.Write(text);
    }

    private void Start(OpenElement element)
    {
        var name = element.Name;
        if (HtmlElements.PartsOfTable.ContainsKey(name))
        {
            if (_open.Last("table") < 0)
            {
                return;
            }
            EnterPartOf(name);
        }
        else
        {
            CloseBefore(name);
            if (name == "table" && _open.IsInTableFrame)
            {
                CloseTo(_open.Last("table"));
            }
            if (HtmlElements.Inline.Contains(name))
            {
                EnterLine();
            }
            else
            {
                EnterCell();
            }
        }

        Open(element);
    }

    private void End(string name)
    {
        // The standard makes a line break of the one, and an empty paragraph of the other that ends none.
        if (name == "br" || (name == "p" && _open.ToEnd(name) < 0))
        {
            Start(new OpenElement(name, $"<{name}>"));
            if (name == "br")
            {
                return;
            }
        }

        if (_open.ToEnd(name) is var at && at >= 0)
        {
            CloseTo(at);
        }
        else if (
            HtmlElements.Formatting.Contains(name)
            && _pending.FindLastIndex(each => each.Name == name) is var waiting
            && waiting >= _open.FirstPending
        )
        {
            _pending.RemoveAt(waiting);
        }
    }

    /// <summary>Ends what cannot go on when another element begins.</summary>
    private void CloseBefore(string name)
    {
        if (!HtmlElements.Inline.Contains(name) && _open.LastInCell("p") is var p && p >= 0)
        {
            CloseTo(p);
        }
        var same = name switch
        {
            "h1" or "h2" or "h3" or "h4" or "h5" or "h6" when _open.Top is ['h', >= '1' and <= '6'] => _open.Count - 1,
            "li" or "dt" or "dd" => _open.LastItem(name),
            "a" => _open.LastInCell("a"),
            _ => -1,
        };
        if (same >= 0)
        {
            CloseTo(same);
        }
        // A link does not go on after another one.
        if (name == "a" && _pending.FindIndex(_open.FirstPending, each => each.Name == name) is var link && link >= 0)
        {
            _pending.RemoveAt(link);
        }
    }

    /// <summary>Makes the present place one where a part of a table can stand.</summary>
    private void EnterPartOf(string name)
    {
        var holders = HtmlElements.PartsOfTable[name];
        var table = _open.Last("table");
        var holder = holders.Max(_open.Last);
        if (holder < table)
        {
            EnterPartOf(holders[0]);
            Open(new OpenElement(holders[0], $"<{holders[0]}>"));
        }
        else
        {
            CloseTo(holder + 1);
        }
    }

    /// <summary>What stands between the cells of a table gets one of its own.</summary>
    private void EnterCell()
    {
        if (!_open.IsInTableFrame)
        {
            return;
        }
        EnterPartOf("td");
        Open(new OpenElement("td", "<td>"));
    }

    /// <summary>The formatting that the last block ended goes on.</summary>
    private void EnterLine()
    {
        EnterCell();
        if (_pending.Count == _open.FirstPending)
        {
            return;
        }
        var again = _pending[_open.FirstPending..];
        _pending.RemoveRange(_open.FirstPending, again.Count);
        foreach (var element in again)
        {
            Open(element);
        }
    }

    private void Open(OpenElement element)
    {
        BodyLimits.Count(ref _elements, BodyLimits.MaxElements, "elements");
        if (element.Name is "td" or "th")
        {
            BodyLimits.Count(ref _cells, BodyLimits.MaxCells, "cells");
        }
        _html.Write(element.Tag);
        if (!HtmlElements.Void.Contains(element.Name))
        {
            _open.Add(element with { FirstPending = _pending.Count });
        }
    }

    private void CloseTo(int count)
    {
        var unfinished = new List<OpenElement>();
        for (var at = _open.Count - 1; at >= count; at--)
        {
            var element = _open.RemoveLast();
            _html.Write($"</{element.Name}>");
            if (HtmlElements.Cells.Contains(element.Name))
            {
                unfinished.Clear();
                _pending.RemoveRange(element.FirstPending, _pending.Count - element.FirstPending);
            }
            else if (at > count && HtmlElements.Formatting.Contains(element.Name))
            {
                unfinished.Add(element);
            }
        }

        for (var at = unfinished.Count - 1; at >= 0; at--)
        {
            GoOn(unfinished[at]);
        }
    }

    private void GoOn(OpenElement element)
    {
        var first = _open.FirstPending;
        if (_pending.Skip(first).Count(each => each.Tag == element.Tag) >= MaxAlike)
        {
            return;
        }
        if (_pending.Count - first == BodyLimits.MaxDepth)
        {
            throw new TextTooComplexException("depth", BodyLimits.MaxDepth);
        }
        _pending.Add(element);
    }

    private string StartTag()
    {
        if (_reader.Attributes.Count == 0)
        {
            return $"<{_reader.Name}>";
        }
        var tag = new StringBuilder().Append('<').Append(_reader.Name);
        BodyLimits.Count(ref _attributes, BodyLimits.MaxAttributes, "attributes", _reader.Attributes.Count);
        foreach (var (name, value) in _reader.Attributes)
        {
            if (name is "href" or "src")
            {
                BodyLimits.Count(ref _addresses, BodyLimits.MaxAddresses, "addresses");
            }
            tag.Append(' ')
                .Append(name)
                .Append("=\"")
                .Append(_source[value].Replace("\"", "&quot;", StringComparison.Ordinal))
                .Append('"');
        }

        return tag.Append('>').ToString();
    }
}
