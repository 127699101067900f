using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>What a connection receives. Notes how much that is, and whether the server waits for more.</summary>
/// <remarks>One read is under way at a time, as of any pipe; so one source serves all that have to wait.</remarks>
internal sealed class TrackedInput : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly PipeReader _inner;
    private readonly TrackedConnection _connection;
    private readonly Action _onRead;
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private ValueTaskAwaiter<ReadResult> _reading;
    private ReadOnlySequence<byte> _read;
    private bool _hasRead;

    public TrackedInput(PipeReader inner, TrackedConnection connection) =>
        (_inner, _connection, _onRead) = (inner, connection, EndWait);

    public override bool TryRead(out ReadResult result)
    {
        if (!_inner.TryRead(out result))
        {
            return false;
        }
        Note(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = _inner.ReadAsync(cancellationToken);
        if (!reading.IsCompleted)
        {
            return WaitAsync(reading);
        }
        if (!reading.IsCompletedSuccessfully)
        {
            return reading;
        }
        var result = reading.Result;
        Note(result);
        return new ValueTask<ReadResult>(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // The server may give back what it has given back before, once the connection has ended.
        if (_hasRead)
        {
            _connection.Unread = _read.Length - (_read.GetOffset(consumed) - _read.GetOffset(_read.Start));
        }
        (_read, _hasRead) = (default, false);
        _inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _inner.CompleteAsync(exception);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);

    private ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
    {
        _connection.IsReading = true;
        _source.Reset();
        var waiting = new ValueTask<ReadResult>(this, _source.Version);
        _reading = reading.GetAwaiter();
        _reading.UnsafeOnCompleted(_onRead);
        return waiting;
    }

    private void EndWait()
    {
        ReadResult result;
        try
        {
            result = _reading.GetResult();
            Note(result);
        }
#pragma warning disable CA1031 // It is thrown where the read is awaited.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _source.SetException(e);
            return;
        }
        _source.SetResult(result);
    }

    private void Note(in ReadResult result)
    {
        _connection.IsReading = false;
        (_read, _hasRead) = (result.Buffer, true);
        _connection.Received(result.Buffer.Length - _connection.Unread);
    }
}
