using System.Globalization;

namespace PortalServices.Standalone.Store;

/// <summary>
/// The store's append-only log as files: what must hold of them before the store may read them. The store has no
/// checksums and believes its own note of the last commit: were the files shorter than that, it would start with half a
/// commit applied. And there are remains of a commit that it takes for the sign of an empty log.
/// </summary>
/// <remarks>
/// An address is a byte's place in the log since its beginning; <c>AOF/aof.log.N</c> holds the addresses from N
/// segments on.
/// <c>AOF/log-commits/commit.C.0</c> notes, for commit C, from and up to which address the log counts: a length of 4
/// bytes, then what <see cref="LogCommit"/> reads.
/// </remarks>
internal sealed class StoreLog(string storeFolder)
{
    private const string SegmentPrefix = "aof.log.";
    private const string CommitPrefix = "commit.";
    private readonly string _folder = Path.Combine(storeFolder, "AOF");

    /// <summary>What is wrong with the files, or null. Only reads.</summary>
    public string? FindDamage()
    {
        var segments = Segments();
        var last = segments.LastOrDefault(segment => segment.Length > 0);
        var note = LastNote();
        if (note is null && last.Length > 0 && segments[0].Number > 0)
        {
            return "the notes of commits are missing";
        }
        if (last.Start + last.Length < (note?.End ?? 0))
        {
            return $"{SegmentPrefix}{note!.Value.End / StoreSettings.SegmentBytes} is shorter than what was committed";
        }
        for (var number = (note?.Begin ?? 0) / StoreSettings.SegmentBytes; number < last.Number; number++)
        {
            if (!segments.Any(segment => segment.Number == number && segment.Length == StoreSettings.SegmentBytes))
            {
                return $"{SegmentPrefix}{number} is missing or shorter than it was";
            }
        }

        return null;
    }

    /// <summary>Where the last whole commit ends. Only reads.</summary>
    public long FindEnd() => LogScan.EndOfLastCommit(LastNote()?.End ?? LogScan.FirstAddress, Reader());

    /// <summary>What is wrong behind the end, or null. Only reads.</summary>
    /// <param name="end">Where the last whole commit ends, as far as the records lead.</param>
    public string? FindBreak(long end) =>
        LogScan.FindCommitBehind(end, Reader()) is { } other
            ? string.Create(CultureInfo.InvariantCulture, $"its log is broken behind {end}, and goes on to {other}")
            : null;

    private Func<long, byte[]> Reader()
    {
        var segments = Segments();
        return number =>
            segments.FirstOrDefault(segment => segment.Number == number).Path is { } path
                ? File.ReadAllBytes(path)
                : [];
    }

    /// <summary>
    /// Cuts off what follows the last whole commit: the remains of one that was being written when the process died.
    /// They are worth nothing, the store may stumble over them, and a later start must never take what new commits
    /// leave of them for theirs.
    /// </summary>
    public void CutAfter(long end)
    {
        foreach (var segment in Segments())
        {
            var kept = Math.Clamp(end - segment.Start, 0, segment.Length);
            using var file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var rest = new byte[segment.Length - kept];
            RandomAccess.Read(file, rest, kept);
            // The store writes whole sectors, filled up with zeros: such an end stays as it is.
            if (rest.Length >= 512 || rest.AsSpan().ContainsAnyExcept((byte)0))
            {
                RandomAccess.SetLength(file, kept);
            }
        }
    }

    private List<Segment> Segments() =>
        !Directory.Exists(_folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(_folder, SegmentPrefix + "*")
                    .Select(path => (Path: path, Number: NumberAfter(SegmentPrefix, path)))
                    .Where(file => file.Number >= 0)
                    .Select(file => new Segment(file.Path, file.Number, new FileInfo(file.Path).Length))
                    .OrderBy(segment => segment.Number),
            ];

    // The newest note that is whole: a process that died while writing one leaves it empty, and the one before it
    // holds.
    private LogCommit? LastNote()
    {
        var notes = Path.Combine(_folder, "log-commits");
        return (Directory.Exists(notes) ? Directory.EnumerateFiles(notes, CommitPrefix + "*") : [])
            .OrderByDescending(path => NumberAfter(CommitPrefix, path))
            .Select(path =>
                File.ReadAllBytes(path) is { Length: > sizeof(int) } note
                    ? LogCommit.Read(note.AsSpan(sizeof(int)))
                    : null
            )
            .FirstOrDefault(note => note is not null);
    }

    private static long NumberAfter(string prefix, string path)
    {
        var number = Path.GetFileName(path).AsSpan(prefix.Length);
        var dot = number.IndexOf('.');
        return long.TryParse(
            dot < 0 ? number : number[..dot],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var parsed
        )
            ? parsed
            : -1;
    }

    private readonly record struct Segment(string Path, long Number, long Length)
    {
        public long Start => Number * StoreSettings.SegmentBytes;
    }
}
