using System.Buffers.Binary;

namespace PortalServices.Standalone.Store;

/// <summary>A commit as the store's log tells it: from and up to which address the log counts then.</summary>
internal readonly record struct LogCommit(long Begin, long End)
{
    /// <summary>
    /// Version and checksum, begin, end, number of the commit (8 bytes each but the first, which has 4), length of a
    /// remark (4).
    /// </summary>
    public const int Bytes = 4 + (4 * 8) + 4;

    /// <summary>
    /// Reads one, least byte first; null when it is not whole. Missing bytes at its end count as zeros.
    /// </summary>
    public static LogCommit? Read(ReadOnlySpan<byte> content)
    {
        Span<byte> commit = stackalloc byte[Bytes];
        commit.Clear();
        content[..Math.Min(content.Length, Bytes)].CopyTo(commit);
        var checksum = BinaryPrimitives.ReadInt64LittleEndian(commit[4..]);
        var begin = BinaryPrimitives.ReadInt64LittleEndian(commit[12..]);
        var end = BinaryPrimitives.ReadInt64LittleEndian(commit[20..]);
        var number = BinaryPrimitives.ReadInt64LittleEndian(commit[28..]);
        var remark = BinaryPrimitives.ReadInt32LittleEndian(commit[36..]);
        return end > 0 && checksum == (begin ^ end ^ number ^ remark) ? new LogCommit(begin, end) : null;
    }
}

/// <summary>
/// Walks the log from one record to the next: a length of 4 bytes, the content, filled up to a multiple of 4. A
/// negative length marks a commit, which closes all before it. No record crosses a page; zeros fill a page up.
/// </summary>
internal static class LogScan
{
    /// <summary>Where the log's first record is.</summary>
    public const long FirstAddress = 64;

    // The store writes whole ones.
    private const int SectorBytes = 512;

    /// <summary>
    /// Where a whole commit ends behind the end of the last one that the records lead to; null for none. A process that
    /// is killed leaves none: what was being written when it died begins with zeros where it is not written, and
    /// nothing behind it was acknowledged. So the log was changed there.
    /// </summary>
    /// <param name="end">Where <see cref="EndOfLastCommit"/> stopped.</param>
    /// <param name="segment">Reads the file of a segment; nothing when there is none.</param>
    public static long? FindCommitBehind(long end, Func<long, byte[]> segment)
    {
        var bytes = segment(end / StoreSettings.SegmentBytes);
        var from = (int)(end % StoreSettings.SegmentBytes);
        var rest = bytes.AsSpan(Math.Min(bytes.Length, from));
        if (!rest[..Math.Min(rest.Length, SectorBytes - (from % SectorBytes))].ContainsAnyExcept((byte)0))
        {
            return null;
        }
        for (
            var start = end - from;
            bytes.Length > 0;
            start += StoreSettings.SegmentBytes, from = 0, bytes = segment(start / StoreSettings.SegmentBytes)
        )
        {
            for (var at = from; at + sizeof(int) + LogCommit.Bytes <= bytes.Length; at += sizeof(int))
            {
                var length = -(long)BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
                var next = start + at + sizeof(int) + ((length + 3) & ~3L);
                if (
                    length is >= LogCommit.Bytes and <= StoreSettings.PageBytes
                    && next > end
                    && LogCommit.Read(bytes.AsSpan(at + sizeof(int))) is { } commit
                    && commit.End == next
                )
                {
                    return next;
                }
            }
        }

        return null;
    }

    /// <summary>Where the last whole commit ends.</summary>
    /// <param name="from">Where a commit ends, or the log begins.</param>
    /// <param name="segment">Reads the file of a segment; nothing when there is none.</param>
    public static long EndOfLastCommit(long from, Func<long, byte[]> segment)
    {
        var (end, address) = (from, from);
        var (number, bytes) = (-1L, Array.Empty<byte>());
        while (true)
        {
            if (address / StoreSettings.SegmentBytes != number)
            {
                number = address / StoreSettings.SegmentBytes;
                bytes = segment(number);
            }

            var rest = bytes.AsSpan(Math.Min(bytes.Length, (int)(address % StoreSettings.SegmentBytes)));
            if (rest.Length < sizeof(int))
            {
                return end;
            }
            var length = (long)BinaryPrimitives.ReadInt32LittleEndian(rest);
            var page = address / StoreSettings.PageBytes;
            if (length == 0 && address % StoreSettings.PageBytes != 0)
            {
                address = (page + 1) * StoreSettings.PageBytes;
                continue;
            }

            var next = address + sizeof(int) + ((Math.Abs(length) + 3) & ~3L);
            if (
                length == 0
                || (next - 1) / StoreSettings.PageBytes != page
                || rest.Length < sizeof(int) + Math.Abs(length)
            )
            {
                return end;
            }
            if (length < 0)
            {
                if (LogCommit.Read(rest.Slice(sizeof(int), (int)-length)) is not { } commit || commit.End != next)
                {
                    return end;
                }
                end = next;
            }

            address = next;
        }
    }
}
