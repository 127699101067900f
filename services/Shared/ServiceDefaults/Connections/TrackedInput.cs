using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>What a connection receives. Notes how much that is, and whether the server waits for more.</summary>
internal sealed class TrackedInput(PipeReader inner, TrackedConnection connection) : PipeReader
{
    private ReadOnlySequence<byte> _read;
    private bool _hasRead;

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }
        Note(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        if (!reading.IsCompletedSuccessfully)
        {
            return WaitAsync(reading);
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
            connection.Unread = _read.Length - (_read.GetOffset(consumed) - _read.GetOffset(_read.Start));
        }
        (_read, _hasRead) = (default, false);
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
    {
        connection.IsReading = true;
        var result = await reading;
        Note(result);
        return result;
    }

    private void Note(in ReadResult result)
    {
        connection.IsReading = false;
        (_read, _hasRead) = (result.Buffer, true);
        connection.Received(result.Buffer.Length - connection.Unread);
    }
}
