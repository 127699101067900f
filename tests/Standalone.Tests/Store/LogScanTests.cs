using System.Buffers.Binary;

namespace PortalServices.Standalone.Tests.Store;

public sealed class LogScanTests
{
    private const int MarkBytes = sizeof(int) + LogCommit.Bytes;
    private readonly byte[] _log = new byte[2 * StoreSettings.SegmentBytes];
    private long _at = LogScan.FirstAddress;

    [Fact]
    public void A_log_ends_behind_its_last_commit()
    {
        Record(100);
        var first = Mark();
        Record(33);
        Record(7);
        var second = Mark();
        Record(50);

        Assert.Equal(second, Scan());
        Assert.Equal(second, Scan(from: first));
        Assert.Equal(LogScan.FirstAddress, LogScan.EndOfLastCommit(LogScan.FirstAddress, _ => []));
    }

    [Fact]
    public void It_goes_on_behind_a_filled_up_page_and_in_the_next_file()
    {
        Record(100);
        Mark();
        _at = StoreSettings.PageBytes;
        Record(100);
        Mark();
        _at = StoreSettings.SegmentBytes - MarkBytes - 104;
        // Whatever lies between counts only if one record leads to the next.
        Assert.Equal(StoreSettings.PageBytes + 104 + MarkBytes, Scan());

        var gap = (int)(_at - (StoreSettings.PageBytes + 104 + MarkBytes)) - sizeof(int);
        _at = StoreSettings.PageBytes + 104 + MarkBytes;
        Record(gap);
        Record(100);
        Mark();
        Assert.Equal(StoreSettings.SegmentBytes, _at);
        Record(8);
        Assert.Equal(Mark(), Scan());
    }

    [Fact]
    public void A_mark_that_is_broken_or_from_elsewhere_is_none()
    {
        Record(100);
        var end = Mark();
        var next = _at;
        Mark(end: next + MarkBytes + 4);
        Assert.Equal(end, Scan());

        _at = next;
        Mark();
        Assert.NotEqual(end, Scan());
        _log[next + 30] ^= 1;
        Assert.Equal(end, Scan());
    }

    [Theory]
    [InlineData(StoreSettings.PageBytes)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_length_that_cannot_be_ends_it(int length)
    {
        Record(100);
        var end = Mark();
        BinaryPrimitives.WriteInt32LittleEndian(_log.AsSpan((int)_at), length);

        Assert.Equal(end, Scan());
    }

    private long Scan(long from = LogScan.FirstAddress) =>
        LogScan.EndOfLastCommit(
            from,
            number =>
                number < 2
                    ? _log.AsSpan((int)number * StoreSettings.SegmentBytes, StoreSettings.SegmentBytes).ToArray()
                    : []
        );

    private void Record(int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_log.AsSpan((int)_at), length);
        _at += sizeof(int) + ((length + 3) & ~3);
    }

    private long Mark(long? end = null)
    {
        const long Number = 5;
        const int NoRemark = -1;
        var mark = _log.AsSpan((int)_at, MarkBytes);
        _at += MarkBytes;
        BinaryPrimitives.WriteInt32LittleEndian(mark, -LogCommit.Bytes);
        BinaryPrimitives.WriteInt32LittleEndian(mark[4..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(mark[8..], LogScan.FirstAddress ^ (end ?? _at) ^ Number ^ NoRemark);
        BinaryPrimitives.WriteInt64LittleEndian(mark[16..], LogScan.FirstAddress);
        BinaryPrimitives.WriteInt64LittleEndian(mark[24..], end ?? _at);
        BinaryPrimitives.WriteInt64LittleEndian(mark[32..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(mark[40..], NoRemark);
        return _at;
    }
}
