using Microsoft.Extensions.Options;

namespace PortalServices.Standalone.Store;

/// <summary>
/// Has the store write a checkpoint whenever its log, or what its records take in memory, has grown by a few megabytes:
/// the log is emptied by it and memory is given back, so that neither the folder nor the memory nor the time of a start
/// grows with the number of views.
/// </summary>
internal sealed partial class Checkpoints(
    EmbeddedStore store,
    CheckpointWriter writer,
    DataFolder data,
    IOptions<StoreOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<Checkpoints> logger
) : IPeriodicWork
{
    private const long Kilobyte = 1024;

    // With a log so short nothing can have died.
    private const long LeastLog = 4 * Kilobyte;

    // Dead records of a sixteenth are far from pushing a live one out, however small the memory is.
    private const int ShareOfMemory = 16;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    // What is there at the start counts as grown: however often the process is killed, dead records do not pile up.
    private long _recordsKept;

    // While the modules start, counting may not have reached the store yet.
    private bool IsTime =>
        lifetime.ApplicationStarted.IsCancellationRequested
        && (store.LogBytes >= MaxLog || (MuchIsDead && store.LogBytes >= LeastLog));

    private bool MuchIsDead => store.RecordBytes - _recordsKept >= Math.Min(MaxLog, MaxMemory / ShareOfMemory);

    private long MaxLog => options.Value.CheckpointKilobytes * Kilobyte;

    private long MaxMemory => options.Value.MemoryMegabytes * Kilobyte * Kilobyte;

    public string Name => "writing checkpoints of the store";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping) =>
        !IsTime || await WriteAsync() ? Look : AfterFailure;

    private async Task<bool> WriteAsync()
    {
        try
        {
            if (!await writer.WriteAsync())
            {
                LogNotWritten(data.Store);
                return false;
            }

            _recordsKept = store.RecordBytes;
            return true;
        }
#pragma warning disable CA1031 // Counting goes on without a checkpoint; the log only gets longer.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure, data.Store);
            return false;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "No checkpoint could be written in {Folder}. Nothing is lost, but its log grows; see whether the disk is full."
    )]
    private partial void LogNotWritten(string folder);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "No checkpoint was written in {Folder}. Nothing is lost, but its log grows."
    )]
    private partial void LogFailed(Exception failure, string folder);
}
