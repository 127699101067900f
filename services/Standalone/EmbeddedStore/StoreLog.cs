using System.Buffers.Binary;
using System.Globalization;

namespace PortalServices.Standalone;

/// <summary>
/// The store's append-only log as files: what must hold of them before the store may read them. The store has no checksums and believes its own
/// mark of the last noted commit: were the files shorter than that, it would start with half a commit applied.
/// </summary>
/// <remarks>
/// An address is a byte's place in the log since its beginning. <c>AOF/aof.log.N</c> holds the addresses from N segments on;
/// <c>AOF/log-commits/commit.C.0</c> notes, for commit C, from and up to which address the log counts: a length, then version (4 bytes),
/// checksum, begin, end, C (8 bytes each), and the length of a remark (4 bytes), least byte first.
/// </remarks>
internal sealed class StoreLog(string storeFolder)
{
    const string SegmentPrefix = "aof.log.";
    const string CommitPrefix = "commit.";
    const int NoteBytes = 4 + 4 + (4 * 8) + 4;
    readonly string _folder = Path.Combine(storeFolder, "AOF");

    /// <summary>What is wrong with the files, or null. Only reads.</summary>
    public string? FindDamage()
    {
        if (!Directory.Exists(_folder))
            return null;
        var segments = Segments();
        var last = segments.LastOrDefault(segment => segment.Length > 0);
        if (LastNote() is not { } note)
        {
            // Before the first commit is noted, the log begins at its first file.
            if (last.Length == 0)
                return null;
            if (segments[0].Number > 0)
                return "the notes of commits are missing";
            note = (0, 0);
        }

        if (last.Start + last.Length < note.End)
            return $"{SegmentPrefix}{note.End / StoreSettings.SegmentBytes} is shorter than what was committed";
        for (var number = note.Begin / StoreSettings.SegmentBytes; number < last.Number; number++)
        {
            if (!segments.Any(segment => segment.Number == number && segment.Length == StoreSettings.SegmentBytes))
                return $"{SegmentPrefix}{number} is missing or shorter than it was";
        }

        return null;
    }

    /// <summary>
    /// Cuts off what follows the end of the last whole commit: the remains of one that was being written when the process died. New commits
    /// overwrite them only bit by bit, and a later start must never take the rest for theirs.
    /// </summary>
    /// <param name="end">Where the store says that its log ends.</param>
    public void CutAfter(long end)
    {
        foreach (var segment in Segments())
        {
            // The store writes whole sectors.
            var kept = Math.Max(0, (end - segment.Start + 511) / 512 * 512);
            if (segment.Length <= kept)
                continue;
            using var file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.SetLength(file, kept);
        }
    }

    List<Segment> Segments() =>
    [
        .. Directory.EnumerateFiles(_folder, SegmentPrefix + "*")
            .Select(path => (Path: path, Number: NumberAfter(SegmentPrefix, path)))
            .Where(file => file.Number >= 0)
            .Select(file => new Segment(file.Path, file.Number, new FileInfo(file.Path).Length))
            .OrderBy(segment => segment.Number),
    ];

    // The newest note that is whole: a process that died while writing one leaves it empty, and the one before it holds.
    (long Begin, long End)? LastNote()
    {
        var notes = Path.Combine(_folder, "log-commits");
        if (!Directory.Exists(notes))
            return null;
        return Directory.EnumerateFiles(notes, CommitPrefix + "*")
            .OrderByDescending(path => NumberAfter(CommitPrefix, path))
            .Select(Read)
            .FirstOrDefault(note => note is not null);
    }

    static (long Begin, long End)? Read(string path)
    {
        Span<byte> note = stackalloc byte[NoteBytes];
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        note[RandomAccess.Read(file, note, 0)..].Clear();
        var checksum = BinaryPrimitives.ReadInt64LittleEndian(note[8..]);
        var begin = BinaryPrimitives.ReadInt64LittleEndian(note[16..]);
        var end = BinaryPrimitives.ReadInt64LittleEndian(note[24..]);
        var commit = BinaryPrimitives.ReadInt64LittleEndian(note[32..]);
        var remark = BinaryPrimitives.ReadInt32LittleEndian(note[40..]);
        return end > 0 && checksum == (begin ^ end ^ commit ^ remark) ? (begin, end) : null;
    }

    static long NumberAfter(string prefix, string path)
    {
        var number = Path.GetFileName(path).AsSpan(prefix.Length);
        var dot = number.IndexOf('.');
        return long.TryParse(dot < 0 ? number : number[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
    }

    readonly record struct Segment(string Path, long Number, long Length)
    {
        public long Start => Number * StoreSettings.SegmentBytes;
    }
}
