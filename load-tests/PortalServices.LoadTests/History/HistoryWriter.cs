using System.Buffers.Text;
using System.Globalization;
using System.Text;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.History;

/// <summary>
/// The append-only history of a run's views. A call's line is with the system before the call is sent, so that what was
/// sent is known even when the tool is killed; what came of it follows with the next write. One event a line, instants
/// in microseconds since the start:
/// <code>
/// i INSTANT ATTEMPT TARGET ID          about to be sent
/// o INSTANT ATTEMPT RESULT ID          counted, duplicate (each with /TOTAL of its page, where the reply says it),
///                                      acknowledged, notcounted, expired, refused/STATUS; or unknown, why: unavailable,
///                                      servererror, limited, timedout, broken, notconnected
/// f INSTANT down|up IN-FLIGHT PART     a fault begins or ends
/// e INSTANT LINES                      the run is over; the number of lines before this one
/// </code>
/// </summary>
internal sealed class HistoryWriter : IDisposable
{
    /// <summary>A history never gets longer; the run ends when it would.</summary>
    public const long MaxBytes = 8L * 1024 * 1024 * 1024;

    private readonly Lock _append = new();
    private readonly Lock _write = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly long _started;
    private byte[] _pending = new byte[64 * 1024];
    private byte[] _writing = new byte[64 * 1024];
    private int _filled;
    private long _appended,
        _written,
        _lines,
        _bytes;
    private ToolException? _failure;

    private HistoryWriter(FileStream file, TimeProvider time, long started) =>
        (_file, _time, _started) = (file, time, started);

    /// <summary>The file.</summary>
    public string Path => _file.Name;

    /// <summary>Begins a new file.</summary>
    /// <param name="path">A file that is not there yet.</param>
    /// <param name="header">Its first line.</param>
    /// <param name="time">The clock.</param>
    /// <param name="started">The timestamp of the header's instant.</param>
    public static HistoryWriter Create(string path, HistoryHeader header, TimeProvider time, long started)
    {
        var writer = new HistoryWriter(Open(path, FileMode.CreateNew), time, started);
        try
        {
            writer.Append(Encoding.UTF8.GetBytes(header + "\n"));
            writer.Flush();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a file that a run left behind; a line that was cut off stays so.</summary>
    public static HistoryWriter Continue(string path, HistoryHeader header, TimeProvider time)
    {
        var age = time.GetUtcNow() - header.Started;
        var started = time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);
        var writer = new HistoryWriter(Open(path, FileMode.Append), time, started);
        writer.Append("\n"u8);
        return writer;
    }

    /// <summary>Notes calls that are about to be sent, and returns when the system has them.</summary>
    /// <exception cref="ToolException">The file cannot be written, for example because the disk is full.</exception>
    public void Invoke(ReadOnlySpan<(Call Call, ViewId Id)> calls)
    {
        foreach (var (call, id) in calls)
        {
            Line('i', call.Attempt, call.Node, id.ToString());
        }
        Flush();
    }

    /// <summary>Notes what came of a call.</summary>
    public void Outcome(Call call, Result result, ViewId id)
    {
        Span<char> text = stackalloc char[32];
        var length = 0;
        foreach (var letter in result.Outcome.ToString())
        {
            text[length++] = char.ToLowerInvariant(letter);
        }
        var number = result switch
        {
            { Outcome: Sending.Outcome.Refused } => result.Status,
            { PageViews: >= 0 } => result.PageViews,
            _ => -1,
        };
        if (number >= 0)
        {
            text[length++] = '/';
            number.TryFormat(text[length..], out var digits, provider: CultureInfo.InvariantCulture);
            length += digits;
        }
        Line('o', call.Attempt, -1, string.Concat(text[..length], " ", id.ToString()));
    }

    /// <summary>Notes that a part was taken down or is up again.</summary>
    public void Fault(string part, bool down, int inFlight) =>
        Line('f', -1, -1, FormattableString.Invariant($"{(down ? "down" : "up")} {inFlight} {part}"));

    /// <summary>Notes that the run is over, and that nothing is missing above.</summary>
    public void End()
    {
        lock (_append)
        {
            Line('e', -1, -1, FormattableString.Invariant($"{_lines}"));
        }
        Flush();
    }

    /// <summary>Hands everything to the system; callers that meet share one write.</summary>
    public void Flush()
    {
        var wanted = Volatile.Read(ref _appended);
        lock (_write)
        {
            if (_failure is not null)
            {
                // What is behind a line that was written in part could not be read.
                throw _failure;
            }
            if (_written >= wanted)
            {
                return;
            }
            int length;
            lock (_append)
            {
                (_pending, _writing) = (_writing, _pending);
                (length, _filled) = (_filled, 0);
                _written = _appended;
            }
            if ((_bytes += length) > MaxBytes)
            {
                throw _failure = new ToolException(
                    ErrorCode.HistoryUnwritable,
                    $"{Path} would be longer than {MaxBytes / 1024 / 1024 / 1024} GiB: run shorter, or slower."
                );
            }
            try
            {
                _file.Write(_writing.AsSpan(0, length));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw _failure = new ToolException(ErrorCode.HistoryUnwritable, $"{Path}: {failure.Message}");
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private void Line(char kind, int attempt, int node, string rest)
    {
        Span<byte> line = stackalloc byte[256];
        line[0] = (byte)kind;
        var at = 1;
        Number(line, ref at, (long)_time.GetElapsedTime(_started).TotalMicroseconds);
        if (attempt >= 0)
        {
            Number(line, ref at, attempt);
        }
        if (node >= 0)
        {
            Number(line, ref at, node);
        }
        line[at++] = (byte)' ';
        // A part's name is the only text that could be too long.
        var text = rest.AsSpan(0, Math.Min(rest.Length, 160));
        at += Encoding.ASCII.GetBytes(text, line[at..]);
        line[at++] = (byte)'\n';
        Append(line[..at]);
    }

    private static void Number(Span<byte> line, ref int at, long number)
    {
        line[at++] = (byte)' ';
        Utf8Formatter.TryFormat(number, line[at..], out var digits);
        at += digits;
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        lock (_append)
        {
            if (_pending.Length - _filled < line.Length)
            {
                Array.Resize(ref _pending, _pending.Length * 2);
            }
            line.CopyTo(_pending.AsSpan(_filled));
            _filled += line.Length;
            _appended++;
            _lines++;
        }
    }

    // Without a buffer of its own: a write is with the system when it returns.
    private static FileStream Open(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ErrorCode.HistoryUnwritable, $"{path}: {failure.Message}");
        }
    }
}
