using System.Buffers.Text;
using System.Text;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.History;

/// <summary>One line of a history.</summary>
/// <param name="Kind">i, o, f or e.</param>
/// <param name="Instant">Microseconds since the start.</param>
internal readonly record struct HistoryLine(char Kind, long Instant)
{
    /// <summary>Of i and o: the attempt.</summary>
    public int Attempt { get; init; }

    /// <summary>Of i: the index of the target.</summary>
    public int Node { get; init; }

    /// <summary>Of o: what came of it.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>Of o: the total of the page in the reply, or the status of a refusal; −1 without.</summary>
    public int Number { get; init; }

    /// <summary>Of i and o: the view.</summary>
    public ViewId Id { get; init; }

    /// <summary>Of f: whether the part goes down.</summary>
    public bool Down { get; init; }

    /// <summary>Of f: requests in flight; of e: the number of lines before it.</summary>
    public long Count { get; init; }

    /// <summary>Of f: the part.</summary>
    public string Part { get; init; } = "";
}

/// <summary>Reads a history, whole or cut off anywhere.</summary>
internal static class HistoryFile
{
    private const int MaxLine = 64 * 1024;

    private static readonly Dictionary<string, Outcome> Results = Outcomes.All.ToDictionary(outcome =>
        outcome.ToString().ToLowerInvariant()
    );

    /// <summary>Reads the first line.</summary>
    /// <exception cref="ToolException">There is no such file, or it is no history.</exception>
    public static HistoryHeader ReadHeader(string path)
    {
        try
        {
            using var file = new StreamReader(path, Encoding.UTF8);
            var start = new char[HistoryHeader.Magic.Length];
            // A file that is none may have one line of gigabytes.
            var isOne =
                file.ReadBlock(start) == start.Length && start.AsSpan().SequenceEqual(HistoryHeader.Magic.AsSpan());
            return HistoryHeader.Parse(isOne ? HistoryHeader.Magic + file.ReadLine() : "", path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ErrorCode.HistoryUnreadable, $"{path}: {failure.Message}");
        }
    }

    /// <summary>Reads all lines behind the first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">The run of its header.</param>
    /// <param name="take">Called with each line that can be read.</param>
    /// <returns>Lines that cannot be read, the one included that the file was cut off in.</returns>
    public static long Read(string path, string run, Action<HistoryLine> take)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1024 * 1024);
        var (buffer, filled, isFirst, unreadable) = (new byte[MaxLine], 0, true, 0L);
        while (true)
        {
            var read = file.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = buffer.AsSpan(start, length);
                start += length + 1;
                if (isFirst)
                {
                    isFirst = false;
                }
                else if (TryParse(line, run, out var parsed))
                {
                    take(parsed);
                }
                else if (length > 0)
                {
                    unreadable++;
                }
            }
            Buffer.BlockCopy(buffer, start, buffer, 0, filled -= start);
            if (read == 0)
            {
                return filled > 0 ? unreadable + 1 : unreadable;
            }
            if (filled == buffer.Length)
            {
                // No line is so long: whatever it is, it is skipped.
                (filled, unreadable) = (0, unreadable + 1);
            }
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> line, string run, out HistoryLine parsed)
    {
        parsed = default;
        if (line.Length < 4 || line[1] != (byte)' ')
        {
            return false;
        }
        var kind = (char)line[0];
        var rest = line[2..];
        if (!Number(ref rest, out var instant))
        {
            return false;
        }
        parsed = new HistoryLine(kind, instant) { Number = -1 };
        switch (kind)
        {
            case 'i' when Number(ref rest, out var attempt) && Number(ref rest, out var node):
                parsed = parsed with { Attempt = (int)attempt, Node = (int)node };
                return Id(rest, run, ref parsed);
            case 'o' when Number(ref rest, out var attempt) && Result(ref rest, ref parsed):
                parsed = parsed with { Attempt = (int)attempt };
                return Id(rest, run, ref parsed);
            case 'f' when Word(ref rest, out var direction) && Number(ref rest, out var inFlight):
                parsed = parsed with
                {
                    Down = direction.SequenceEqual("down"u8),
                    Count = inFlight,
                    Part = Encoding.ASCII.GetString(rest),
                };
                return parsed.Down || direction.SequenceEqual("up"u8);
            case 'e' when Utf8Parser.TryParse(rest, out long lines, out var digits) && digits == rest.Length:
                parsed = parsed with { Count = lines };
                return true;
            default:
                return false;
        }
    }

    private static bool Id(ReadOnlySpan<byte> text, string run, ref HistoryLine line)
    {
        if (!ViewId.TryParse(text, run, out var id))
        {
            return false;
        }
        line = line with { Id = id.Value };
        return true;
    }

    private static bool Result(ref ReadOnlySpan<byte> rest, ref HistoryLine line)
    {
        if (!Word(ref rest, out var word))
        {
            return false;
        }
        var number = -1;
        if (word.IndexOf((byte)'/') is > 0 and var slash)
        {
            if (
                !Utf8Parser.TryParse(word[(slash + 1)..], out number, out var digits)
                || digits != word.Length - slash - 1
            )
            {
                return false;
            }
            word = word[..slash];
        }
        if (!Results.TryGetValue(Encoding.ASCII.GetString(word), out var outcome))
        {
            return false;
        }
        line = line with { Outcome = outcome, Number = number };
        return true;
    }

    private static bool Number(ref ReadOnlySpan<byte> rest, out long number)
    {
        number = 0;
        return Word(ref rest, out var word)
            && Utf8Parser.TryParse(word, out number, out var digits)
            && digits == word.Length
            && number >= 0;
    }

    private static bool Word(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> word)
    {
        var blank = rest.IndexOf((byte)' ');
        word = blank > 0 ? rest[..blank] : default;
        rest = blank > 0 ? rest[(blank + 1)..] : rest;
        return blank > 0;
    }
}
